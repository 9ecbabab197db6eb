import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { destination, type Logger, multistream, pino } from 'pino';

/** Tells the terminal one line about a part of the stack. */
export type Say = (part: string, line: string) => void;

/** One line a part, with the local time of day. */
export const sayOnTerminal: Say = (part, line) =>
  process.stdout.write(`${new Date().toTimeString().slice(0, 8)}  ${part.padEnd(9)} ${line}\n`);

/**
 * A part's logger: everything goes to `<folder>/<part>.log` as JSON, warnings and errors to the terminal too, in one
 * line, so that the terminal stays readable.
 */
export function partLogger(part: string, level: string, folder: string, say: Say): Logger {
  mkdirSync(folder, { recursive: true });
  // Written at once: the last lines before a crash are the ones that matter.
  const file = destination({ dest: join(folder, `${part}.log`), sync: true });
  const terminal = { write: (line: string) => say(part, condensed(JSON.parse(line))) };
  const streams = multistream([
    { level: 'trace', stream: file },
    { level: 'warn', stream: terminal },
  ]);
  return pino({ name: part, level }, streams);
}

/** What a person wants of a JSON line: how bad, what, of which request, why. */
export function condensed(line: LogLine): string {
  const { level = 0, msg, req, res, err, error } = line;
  const request = req && `${req.method} ${req.path} ${res?.status ?? ''}`.trim();
  const cause = [err, error].map((one) => (typeof one === 'string' ? one : one?.message)).find((text) => text);
  const words = [level >= 50 ? 'ERROR' : 'WARN', msg, request && `(${request})`, cause && `- ${cause}`];
  return words
    .filter((word) => word)
    .join(' ')
    .replaceAll(/\s+/g, ' ');
}

type Cause = string | { readonly message?: string };

interface LogLine {
  readonly level?: number;
  readonly msg?: string;
  readonly req?: { readonly method?: string; readonly path?: string };
  readonly res?: { readonly status?: number };
  readonly err?: Cause;
  readonly error?: Cause;
}
