import { parseArgs } from 'node:util';
import { numbers, whole } from './arguments';
import { CONTENDER_NAMES, type ContenderName } from './contenders';
import type { Engine } from './ground';

export interface Options {
  readonly contenders: readonly ContenderName[];
  readonly rounds: number;
  readonly engine: Engine;
  /** How many worker processes there are. */
  readonly workers: number;
  readonly payins: number;
  readonly in_flight: number;
  readonly warm_up: number;
  readonly arrivals: number;
  /** Pay-ins a second of the open loop, one after the other. */
  readonly rates: readonly number[];
  /** Of the JSON file; undefined: a new one in `.data/bench/`. */
  readonly out: string | undefined;
}

/** At most so much, for the sandbox keeps 5,000 notifications. */
const MOST_PAYINS = 1_000;

/** @throws Error that names the argument which is wrong, and what it may be */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      contender: { type: 'string', multiple: true, default: [...CONTENDER_NAMES] },
      rounds: { type: 'string', default: '5' },
      engine: { type: 'string', default: 'disk' },
      workers: { type: 'string', default: '1' },
      payins: { type: 'string', default: '200' },
      'in-flight': { type: 'string', default: '32' },
      'warm-up': { type: 'string', default: '50' },
      arrivals: { type: 'string', default: '60' },
      rates: { type: 'string', default: '3' },
      out: { type: 'string' },
    },
  });
  return {
    contenders: [...new Set(values.contender.map(contender))],
    rounds: whole('rounds', values.rounds, 1, 50),
    engine: engine(values.engine),
    workers: whole('workers', values.workers, 1, 8),
    payins: whole('payins', values.payins, 1, MOST_PAYINS),
    in_flight: whole('in-flight', values['in-flight'], 1, 256),
    warm_up: whole('warm-up', values['warm-up'], 0, MOST_PAYINS),
    arrivals: whole('arrivals', values.arrivals, 0, MOST_PAYINS),
    rates: numbers('rates', values.rates, 0.1, 100),
    out: values.out,
  };
}

function contender(text: string): ContenderName {
  const found = CONTENDER_NAMES.find((name) => name === text);
  if (found) return found;
  throw new Error(`--contender: must be one of ${CONTENDER_NAMES.join(', ')}; name it again for more than one`);
}

export function engine(text: string): Engine {
  if (text === 'memory' || text === 'disk') return text;
  throw new Error('--engine: must be memory or disk');
}
