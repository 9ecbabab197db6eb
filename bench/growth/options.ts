import { parseArgs } from 'node:util';
import { numbers, whole } from '../arguments';
import type { Engine } from '../ground';
import { engine } from '../options';

/** Which programs are measured: both wait for a payer in a workflow. */
const PROGRAMS = ['ours', 'textbook'] as const;

export interface Options {
  readonly programs: (typeof PROGRAMS)[number];
  readonly engine: Engine;
  /** How many pay-ins wait, ascending. */
  readonly waiting: readonly number[];
  /** How many worker processes run, one after the other. */
  readonly workers: readonly number[];
  /** How many pay-ins are created at a time, and are under way in the closed loop. */
  readonly in_flight: number;
  /** How long the waiting is watched, s. */
  readonly window_s: number;
  /** Of each latency and each sample. */
  readonly samples: number;
  readonly out: string | undefined;
}

/** @throws Error that names the argument which is wrong, and what it may be */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      contender: { type: 'string', default: 'ours' },
      engine: { type: 'string', default: 'disk' },
      waiting: { type: 'string', default: '100,500,2000' },
      workers: { type: 'string', default: '1,2,4' },
      'in-flight': { type: 'string', default: '16' },
      window: { type: 'string', default: '60' },
      samples: { type: 'string', default: '50' },
      out: { type: 'string' },
    },
  });
  const programs = PROGRAMS.find((name) => name === values.contender);
  if (programs === undefined) throw new Error(`--contender: must be one of ${PROGRAMS.join(', ')}`);
  return {
    programs,
    engine: engine(values.engine),
    waiting: numbers('waiting', values.waiting, 1, 20_000).toSorted((a, b) => a - b),
    workers: numbers('workers', values.workers, 1, 8),
    in_flight: whole('in-flight', values['in-flight'], 1, 256),
    window_s: whole('window', values.window, 1, 600),
    samples: whole('samples', values.samples, 1, 1_000),
    out: values.out,
  };
}
