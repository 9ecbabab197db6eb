import { DEV_API_KEY, SettingsError } from '../settings';
import { AlreadyRunningError } from '../devstack/lock';
import { PortsTakenError } from '../devstack/ports';
import { type Stack, startStack } from '../devstack/stack';
import { sayOnTerminal as say } from '../devstack/stack-log';
import { ProgramNotFoundError } from '../devstack/temporal-programs';

/** Under npm one Ctrl-C sends two SIGINT to this process: one from the terminal, one from npm. */
const SIGNALS_PER_CTRL_C = process.env['npm_lifecycle_event'] ? 2 : 1;

/** `npm start`: runs all parts on this machine until Ctrl-C. */
async function main(): Promise<void> {
  const interrupted = interruption();
  const stack = await startStack(process.env, say);
  console.log(welcome(stack));
  const failure = await Promise.race([interrupted, stack.failed]);
  if (failure) say('start', `ERROR ${failure}`);
  say('start', 'stopping, up to 40 s for running calls; press Ctrl-C again to stop at once');
  await stack.stop();
  say('start', 'stopped; all ports are free and the data is kept');
  process.exitCode = failure ? 1 : 0;
}

/** Resolves at the first SIGINT or SIGTERM; the next Ctrl-C ends the process at once, and the dev server with it. */
function interruption(): Promise<undefined> {
  return new Promise((resolve) => {
    let signals = 0;
    const onSignal = () => {
      signals += 1;
      if (signals > SIGNALS_PER_CTRL_C) process.exit(130);
      resolve(undefined);
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  });
}

/** The addresses of all parts, and a first command. */
function welcome({ apiUrl, uiUrl, sandboxUrl, codecUrl, metricsUrl, dataDir }: Stack): string {
  const returnUrl = sandboxUrl ? `${sandboxUrl}/return` : 'https://shop.example';
  const key = process.env['API_KEYS'] ? 'YOUR_API_KEY' : DEV_API_KEY;
  const places = [
    ['API', apiUrl],
    ['API documentation', `${apiUrl}/docs`],
    ['Temporal UI', uiUrl],
    ['Lesspay sandbox', sandboxUrl],
    ['notifications', sandboxUrl && `${sandboxUrl}/merchant`],
    ['codec server', codecUrl],
    ["worker's metrics", metricsUrl],
    ['data and logs', dataDir],
  ].filter(([, place]) => place !== undefined);
  return `
${places.map(([name = '', place]) => `  ${name.padEnd(17)} ${place}`).join('\n')}

Start a pay-in with this command, then open its checkout_url (or run "npm run demo" in another terminal):

curl -i ${apiUrl}/payins \\
  -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\
  -d '{"request_id":"try-'$(date +%s)'","amount":"100.00","currency":"USDT","product_name":"Tea","description":"One pot of green tea","success_url":"${returnUrl}/success","fail_url":"${returnUrl}/fail"}'

Ctrl-C stops everything; the data is kept.
`;
}

/** Only the message, without a stack trace, for errors that the user can correct. */
function explain(error: unknown): string {
  const plain = [SettingsError, PortsTakenError, AlreadyRunningError, ProgramNotFoundError];
  if (!(error instanceof Error)) return String(error);
  return plain.some((kind) => error instanceof kind) ? error.message : (error.stack ?? error.message);
}

main().catch((error: unknown) => {
  console.error(explain(error));
  process.exitCode = 1;
});
