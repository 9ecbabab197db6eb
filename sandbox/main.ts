import { join } from 'node:path';
import { startSandbox } from './sandbox';

/** Runs the sandbox alone: `node dist/sandbox/main.js`. Ctrl-C ends it; its orders stay, in `DATA_DIR` (`.data`). */
async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const log = (line: string): void => void process.stdout.write(`${line}\n`);
  const sandbox = await startSandbox({
    port: Number(env['SANDBOX_PORT'] || 4010),
    appId: env['LESSPAY_APP_ID'] || 'sandbox-app',
    appSecret: env['LESSPAY_APP_SECRET'] || 'sandbox-secret',
    dataDir: join(env['DATA_DIR'] || '.data', 'sandbox'),
    log,
  });
  log(`Lesspay sandbox: ${sandbox.url}   (Ctrl-C ends it)`);
  const close = (): void => {
    sandbox.close().catch(fail);
  };
  process.once('SIGINT', close).once('SIGTERM', close);
}

function fail(error: unknown): void {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  process.stderr.write(`${String(error)}\n${taken ? 'Choose another port with SANDBOX_PORT.\n' : ''}`);
  process.exitCode = 1;
}

main(process.env).catch(fail);
