import { DEV_API_KEY, SettingsError } from '../settings';
import { AlreadyRunningError } from '../devstack/lock';
import { PortsTakenError } from '../devstack/ports';
import { type Stack, startStack } from '../devstack/stack';
import { sayOnTerminal as say } from '../devstack/stack-log';
import { ProgramNotFoundError } from '../devstack/temporal-programs';

/** npm passes a terminal's Ctrl-C on to this process, which got it from the terminal already: one Ctrl-C, two signals. */
const SIGNALS_A_KEYPRESS = process.env['npm_lifecycle_event'] ? 2 : 1;

/** `npm start`: everything on one machine, until Ctrl-C. */
async function main(): Promise<void> {
  const interrupted = interruption();
  const stack = await startStack(process.env, say);
  console.log(welcome(stack));
  const failure = await Promise.race([interrupted, stack.failed]);
  if (failure) say('start', `ERROR ${failure}`);
  say('start', 'stopping, at most 40 s for what runs (Ctrl-C again: at once)');
  await stack.stop();
  say('start', 'stopped, all ports are free; the data stays');
  process.exitCode = failure ? 1 : 0;
}

/** Resolves at the first SIGINT or SIGTERM; the next Ctrl-C ends the process at once, and the dev server with it. */
function interruption(): Promise<undefined> {
  return new Promise((resolve) => {
    let signals = 0;
    const onSignal = () => {
      signals += 1;
      if (signals > SIGNALS_A_KEYPRESS) process.exit(130);
      resolve(undefined);
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  });
}

/** Where everything is, and what to try. */
function welcome({ apiUrl, uiUrl, sandboxUrl, dataDir }: Stack): string {
  const returnUrl = sandboxUrl ? `${sandboxUrl}/return` : 'https://shop.example';
  const key = process.env['API_KEYS'] ? 'YOUR_API_KEY' : DEV_API_KEY;
  const places = [
    ['API', apiUrl],
    ['its description', `${apiUrl}/docs`],
    ['Temporal UI', uiUrl],
    ['Lesspay sandbox', sandboxUrl],
    ['notifications', sandboxUrl && `${sandboxUrl}/merchant`],
    ['data and logs', dataDir],
  ].filter(([, place]) => place !== undefined);
  return `
${places.map(([name = '', place]) => `  ${name.padEnd(17)} ${place}`).join('\n')}

Start a pay-in, then open its checkout_url (or run "npm run demo" in another terminal, and follow it):

curl -i ${apiUrl}/payins \\
  -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\
  -d '{"request_id":"try-'$(date +%s)'","amount":"100.00","currency":"USDT","product_name":"Tea","description":"One pot of green tea","success_url":"${returnUrl}/success","fail_url":"${returnUrl}/fail"}'

Ctrl-C stops everything; the data stays.
`;
}

/** What the reader can put right needs no stack trace. */
function explain(error: unknown): string {
  const plain = [SettingsError, PortsTakenError, AlreadyRunningError, ProgramNotFoundError];
  if (!(error instanceof Error)) return String(error);
  return plain.some((kind) => error instanceof kind) ? error.message : (error.stack ?? error.message);
}

main().catch((error: unknown) => {
  console.error(explain(error));
  process.exitCode = 1;
});
