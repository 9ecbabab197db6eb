import { LONG_HISTORY } from './size';

/** Sends one more signal than a history may have events, a hundred at a time. */
export async function fillHistory(signal: (index: number) => Promise<unknown>): Promise<void> {
  for (let sent = 0; sent <= LONG_HISTORY; sent += 100)
    await Promise.all(Array.from({ length: 100 }, (_none, index) => signal(sent + index)));
}
