import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '../driver/loops';

const EVERY_MS = 20;

/**
 * Asks for /healthz every 20 ms, however long the answers take, until `ended` resolves.
 * @returns how long each answer took, ms
 */
export async function probeHealth(url: string, ended: Promise<unknown>): Promise<number[]> {
  const over = new AbortController();
  const end = () => over.abort();
  ended.then(end, end);
  const answers: Promise<number>[] = [];
  for (const began = now(); !over.signal.aborted; await sleep(Math.max(began + answers.length * EVERY_MS - now(), 0)))
    answers.push(probe(url, began + answers.length * EVERY_MS));
  return Promise.all(answers);
}

async function probe(url: string, intended_at: number): Promise<number> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return now() - intended_at;
}
