import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { DEV_API_KEY, SANDBOX } from '../settings';
import { payinWorkflowId } from '../workflows/payin/messages';

/**
 * `npm run demo`: starts a pay-in on the running stack over REST, and prints its changes until its outcome.
 * The defaults are the addresses of `npm start`. `API_URL`, `API_KEY`, `SANDBOX_URL`, `TEMPORAL_UI_URL` and
 * `TEMPORAL_NAMESPACE` override them.
 */
async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const apiUrl = env['API_URL'] || `http://127.0.0.1:${env['PORT'] || 3000}`;
  const uiUrl = env['TEMPORAL_UI_URL'] || `http://127.0.0.1:${env['TEMPORAL_UI_PORT'] || 8233}`;
  const returnUrl = `${env['SANDBOX_URL'] || sandboxUrl(env['SANDBOX_PORT'])}/return`;
  const api = { url: apiUrl, key: env['API_KEY'] || DEV_API_KEY };
  const request_id = `demo-${Date.now()}`;

  await ask(api, '/payins', {
    request_id,
    amount: '100.00',
    currency: 'USDT',
    product_name: 'Tea',
    description: 'One pot of green tea',
    success_url: `${returnUrl}/success`,
    fail_url: `${returnUrl}/fail`,
  });
  console.log(`pay-in    ${request_id}, 100.00 USDT`);
  console.log(
    `in the UI ${uiUrl}/namespaces/${env['TEMPORAL_NAMESPACE'] || 'default'}/workflows/${payinWorkflowId(request_id)}`,
  );
  await follow(api, request_id);
}

/** Prints each change until the pay-in has an outcome. Goes on when the stack is stopped and started again. */
async function follow(api: Api, request_id: string): Promise<void> {
  const print = (line: string) => console.log(`${new Date().toTimeString().slice(0, 8)}  ${line}`);
  let shown: Payin = {};
  let lastError = '';
  for (;;) {
    try {
      const payin = await ask(api, `/payins/${request_id}`);
      lastError = '';
      if (payin.checkout_url && !shown.checkout_url) console.log(`\nPay here: ${payin.checkout_url}\n`);
      if (payin.status && payin.status !== shown.status) print(payin.status);
      const alerts = payin.alerts?.slice(shown.alerts?.length ?? 0) ?? [];
      for (const { code, message } of alerts) print(`needs attention: ${code}: ${message}`);
      if (payin.outcome_at) return;
      shown = { ...shown, ...payin };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== lastError)
        print(`${message} The demo tries again. The pay-in is not lost. Ctrl-C ends the demo.`);
      lastError = message;
    }
    await sleep(500);
  }
}

interface Api {
  readonly url: string;
  readonly key: string;
}

/** The members of an answer that the demo shows. */
const payinAnswer = z.object({
  status: z.string().optional(),
  checkout_url: z.string().optional(),
  outcome_at: z.string().optional(),
  alerts: z.array(z.object({ code: z.string(), message: z.string() })).optional(),
});
type Payin = z.output<typeof payinAnswer>;

/** @throws Error when the API can't be reached, or answers with an error; the message says what to do */
async function ask({ url, key }: Api, path: string, body?: object): Promise<Payin> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const init: RequestInit = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers };
  const answer = await fetch(`${url}${path}`, init).catch((cause: unknown) => {
    throw new Error(`Nothing answers at ${url}: run "npm start" in another terminal, or set API_URL.`, { cause });
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The API answered ${answer.status}: ${text}`);
  return payinAnswer.parse(JSON.parse(text));
}

const sandboxUrl = (port: string | undefined) => (port ? `http://127.0.0.1:${port}` : SANDBOX.url);

main(process.env).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
