import { join } from 'node:path';
import { type LeashedProgram, runOnLeash } from '../devstack/leashed-program';
import { ownPorts } from '../test/machinery/own-ports';
import { PEERS_FOLDER } from './install-peers';

export interface RestateServer extends Pick<LeashedProgram, 'pid' | 'gone' | 'stop'> {
  /** Where workflows are started and asked. */
  readonly ingress_url: string;
  /** Where workers register. */
  readonly admin_url: string;
  readonly logFile: string;
}

/** Starts Restate's server with its default settings, as one node, with its data in the folder. It ends with this process. */
export async function startRestateServer(folder: string): Promise<RestateServer> {
  const [ingressPort = 0, adminPort = 0, nodePort = 0] = await ownPorts(3);
  const address = (port: number) => `127.0.0.1:${port}`;
  const logFile = join(folder, 'restate.log');
  const program = join(
    PEERS_FOLDER,
    `node_modules/@restatedev/restate-server-linux-${process.arch}/bin/restate-server`,
  );
  const server = await runOnLeash(program, ['--listen-mode', 'tcp', '--no-logo'], {
    logFile,
    env: {
      PATH: process.env['PATH'],
      RESTATE_BASE_DIR: join(folder, 'restate'),
      RESTATE_INGRESS__BIND_ADDRESS: address(ingressPort),
      RESTATE_ADMIN__BIND_ADDRESS: address(adminPort),
      RESTATE_BIND_ADDRESS: address(nodePort),
      RESTATE_DISABLE_TELEMETRY: 'true',
      RUST_LOG: 'warn',
    },
  });
  const [ingress_url, admin_url] = [`http://${address(ingressPort)}`, `http://${address(adminPort)}`];
  return { ...server, ingress_url, admin_url, logFile };
}
