import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDevServer } from '../../devstack/dev-server';
import { type LeashedProgram, runOnLeash } from '../../devstack/leashed-program';
import { projectRoot } from '../../devstack/project-root';
import { waitFor } from '../machinery/wait-for';
import type { StackPorts } from './stack-ports';

/** What can be killed. */
export const VICTIMS = ['worker', 'api', 'temporal', 'sandbox'] as const;
export type Victim = (typeof VICTIMS)[number];

export type Program = Pick<LeashedProgram, 'pid' | 'exited' | 'stop'>;

export interface Ground {
  /** The Temporal CLI's path. */
  readonly cli: string;
  /** Of the order records' PostgreSQL, which nobody kills here. */
  readonly databaseUrl: string;
  /** Holds all data, and a log of each part. */
  readonly folder: string;
  readonly ports: StackPorts;
}

export const urlOf = (port: number): string => `http://127.0.0.1:${port}`;

/**
 * Starts one part as a process of its own, as npm does, on the data it left. It ends when this process does.
 * @throws Error when it does not answer
 */
export function launch(victim: Victim, ground: Ground): Promise<Program> {
  const { cli, folder, ports } = ground;
  switch (victim) {
    case 'temporal':
      return startDevServer({
        cli,
        port: ports.temporal,
        dbFile: join(folder, 'temporal.db'),
        logFile: join(folder, 'temporal.log'),
      });
    case 'sandbox':
      return launchNode('sandbox', ground, `${urlOf(ports.sandbox)}/control/settings`, {
        SANDBOX_PORT: String(ports.sandbox),
        DATA_DIR: folder,
      });
    case 'api':
      return launchNode('api', ground, `${urlOf(ports.api)}/healthz`, {
        TEMPORAL_ADDRESS: `127.0.0.1:${ports.apiToTemporal}`,
        DATABASE_URL: ground.databaseUrl,
        PORT: String(ports.api),
      });
    case 'worker':
      return launchNode('worker', ground, undefined, {
        TEMPORAL_ADDRESS: `127.0.0.1:${ports.workerToTemporal}`,
        DATABASE_URL: ground.databaseUrl,
        LESSPAY_BASE_URL: urlOf(ports.workerToLesspay),
        PUBLIC_URL: urlOf(ports.api),
        SHUTDOWN_GRACE_MS: '0',
      });
  }
}

/** @param answersAt where it answers when it is up; a worker answers nowhere */
async function launchNode(
  part: Exclude<Victim, 'temporal'>,
  { folder }: Ground,
  answersAt: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<Program> {
  const logFile = join(folder, `${part}.log`);
  const program = await runOnLeash(process.execPath, [join(projectRoot, `dist/${part}/main.js`)], {
    logFile,
    env: { PATH: process.env['PATH'], ...env },
    limitMs: 2_000,
  });
  const answers = async () => {
    if (program.gone.aborted) throw new Error(`${part} does not start:\n${readFileSync(logFile, 'utf8')}`);
    return answersAt === undefined || isUp(answersAt);
  };
  await waitFor(answers, { what: `the ${part}'s start` });
  return program;
}

const isUp = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
