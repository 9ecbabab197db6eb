import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { now } from '../driver/loops';
import { flood } from './flood-plan';
import { type SignedBody, signedBody } from './webhooks';

/** Sends webhooks over kept-alive connections, so many at a time, and ends. Fails when one is not answered as it must be. */
async function main(): Promise<void> {
  const given = flood.parse(JSON.parse(process.argv[2] ?? ''));
  const { url, kind, webhooks, in_flight, request_ids, secret } = given;
  const agent = new Agent({ keepAlive: true });
  const wanted = kind === 'valid' ? 200 : 401;
  const numbers = Array.from({ length: webhooks }, (_none, index) => index).values();
  // All take from the same iterator.
  const lane = async () => {
    for (const index of numbers) {
      const status = await send(url, agent, signedBody(kind, index, request_ids, secret));
      if (status !== wanted) throw new Error(`A webhook (${kind}) was answered ${status}, not ${wanted}.`);
    }
  };
  const began = now();
  await Promise.all(Array.from({ length: in_flight }, lane));
  writeFileSync(given.result_file, JSON.stringify({ seconds: (now() - began) / 1_000 }));
  agent.destroy();
}

/** @returns the status of the answer */
const send = (url: string, agent: Agent, { text, signature }: SignedBody): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-auth-signature': signature };
    const call = request(url, { method: 'POST', agent, headers, timeout: 30_000 }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    });
    call.on('timeout', () => call.destroy(new Error('no answer within 30 s'))).on('error', reject);
    call.end(text);
  });

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
