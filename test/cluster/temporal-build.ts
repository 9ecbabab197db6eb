import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDir } from '../../devstack/project-root';

/** The version of Temporal's server that the cluster runs. */
export const TEMPORAL_VERSION = '1.32.0';

export interface TemporalBuild {
  /** The path of the server. */
  readonly server: string;
  /** The path of its tool that makes the tables. */
  readonly sqlTool: string;
}

/** Building both takes five minutes on two cores. */
const BUILD_LIMIT_MS = 3_600_000;

/**
 * Temporal's server and its SQL tool, built once from their Go module into `.cache/`.
 * @throws Error when they can't be built
 */
export async function buildTemporal(log: (line: string) => void): Promise<TemporalBuild> {
  const folder = join(cacheDir, `temporal-server-${TEMPORAL_VERSION}`);
  const build = { server: join(folder, 'server'), sqlTool: join(folder, 'sql') };
  // Go renames a finished program into place, so one that is there is whole.
  if (existsSync(build.server) && existsSync(build.sqlTool)) return build;
  log(`building Temporal server ${TEMPORAL_VERSION} from its Go module: about five minutes, once`);
  const packages = ['server', 'tools/sql'].map((name) => `go.temporal.io/server/cmd/${name}@v${TEMPORAL_VERSION}`);
  try {
    for (const name of packages)
      await promisify(execFile)('go', ['install', name], {
        cwd: cacheDir,
        env: { ...process.env, GOBIN: folder },
        timeout: BUILD_LIMIT_MS,
        maxBuffer: 64_000_000,
      });
  } catch (error) {
    throw new Error(`Temporal's server can't be built: this needs Go 1.26 or later, and its module proxy.`, {
      cause: error,
    });
  }
  return build;
}
