import { join } from 'node:path';
import { z } from 'zod';
import { startSandbox } from './sandbox';

/**
 * Runs the sandbox alone: `node dist/sandbox/main.js`. Prints its address when it listens. Ctrl-C ends it. Orders and
 * undelivered webhooks stay, also after SIGKILL, and the next start goes on with them. Environment variables:
 * - `SANDBOX_PORT`: the port on 127.0.0.1; 0: any free port. Default: 4010
 * - `DATA_DIR`: orders are stored in its folder `sandbox/`. Default: `.data`
 * - `LESSPAY_APP_ID`: default `sandbox-app`
 * - `LESSPAY_APP_SECRET`: comma-separated; the first signs webhooks, any of them may sign requests. Default: `sandbox-secret`
 * - `SANDBOX_NOTIFY_URL`: the URL for webhooks of orders without `notify_url`. Default: none are sent
 * - `SANDBOX_MERCHANT_SECRET`: the merchant's endpoint verifies notifications with it. Default: one that `npm start` uses too
 * - `SANDBOX_REDELIVERY_DELAYS_MS`: comma-separated; the last one repeats. Default: from 5 s up to 6 h
 *
 * For all other settings, and for faults, see the control endpoint (`control-routes.ts`).
 */
const environment = z.object({
  SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).default(4010),
  DATA_DIR: z.string().default('.data'),
  LESSPAY_APP_ID: z.string().default('sandbox-app'),
  LESSPAY_APP_SECRET: z
    .string()
    .default('sandbox-secret')
    .transform((text) => text.split(',').map((secret) => secret.trim())),
  SANDBOX_NOTIFY_URL: z.url().optional(),
  SANDBOX_MERCHANT_SECRET: z.string().startsWith('whsec_').default('whsec_c2FuZGJveC1tZXJjaGFudC1ub3RpZmljYXRpb25z'),
  SANDBOX_REDELIVERY_DELAYS_MS: z
    .string()
    .regex(/^\d+(,\d+)*$/, 'must be whole milliseconds, comma-separated')
    .transform((text) => text.split(',').map(Number))
    .optional(),
});

async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const log = (line: string): void => void process.stdout.write(`${line}\n`);
  const settings = environment.parse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
  const { SANDBOX_NOTIFY_URL: notifyUrl, SANDBOX_REDELIVERY_DELAYS_MS: redeliveryDelaysMs } = settings;
  const sandbox = await startSandbox({
    port: settings.SANDBOX_PORT,
    appId: settings.LESSPAY_APP_ID,
    appSecret: settings.LESSPAY_APP_SECRET,
    merchantSecret: settings.SANDBOX_MERCHANT_SECRET,
    dataDir: join(settings.DATA_DIR, 'sandbox'),
    ...(notifyUrl === undefined ? {} : { notifyUrl }),
    ...(redeliveryDelaysMs === undefined ? {} : { redeliveryDelaysMs }),
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
  const text = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
  process.stderr.write(`${text}\n${taken ? 'Set another port with SANDBOX_PORT.\n' : ''}`);
  process.exitCode = 1;
}

main(process.env).catch(fail);
