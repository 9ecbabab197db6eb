import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOnLeash } from '../../devstack/leashed-program';
import type { Program } from '../crash/launch';
import type { Part, Release } from './parts';
import { whenUp } from './when-up';

export interface NodeProgram {
  readonly part: Part;
  readonly release: Release;
  /** For its log. */
  readonly folder: string;
  /** Of the release's folder. */
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
  /** A URL that answers when it is up, or what its log says then. */
  readonly upWhen: URL | string;
}

/** Starts one of the compiled programs, as npm does. @throws Error with the end of its log when it does not start */
export async function startNode({ part, release, folder, file, env, upWhen }: NodeProgram): Promise<Program> {
  const logFile = join(folder, `${part}.log`);
  const before = sizeOf(logFile);
  const program = await runOnLeash(process.execPath, [join(release.folder, file)], {
    logFile,
    env: { PATH: process.env['PATH'], ...env },
    limitMs: 50_000,
  });
  const isUp = () => {
    if (program.gone.aborted)
      throw new Error(`${part} does not start:\n${readFileSync(logFile, 'utf8').slice(-3_000)}`);
    return upWhen instanceof URL ? answers(upWhen) : readFileSync(logFile).subarray(before).includes(upWhen);
  };
  return whenUp(program, isUp, part);
}

function sizeOf(file: string): number {
  try {
    return readFileSync(file).length;
  } catch {
    return 0;
  }
}

const answers = (url: URL): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
