import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../devstack/project-root';

export const PEERS_FOLDER = join(projectRoot, 'bench/peers');

/** Installs what the peers need beyond the product's packages, as their lockfile says, and compiles them. */
export function installPeers(): void {
  const [wanted, installed] = [join(PEERS_FOLDER, 'package-lock.json'), join(PEERS_MODULES, '.package-lock.json')];
  if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(wanted).mtimeMs)
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: PEERS_FOLDER, stdio: 'inherit' });
  execFileSync(join(projectRoot, 'node_modules/.bin/tsc'), ['-p', PEERS_FOLDER], { stdio: 'inherit' });
}

/** Compiled files stand in `dist/`, and find their packages here by NODE_PATH. */
export const PEERS_MODULES = join(PEERS_FOLDER, 'node_modules');
