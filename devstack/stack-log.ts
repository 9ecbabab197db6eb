import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { destination, type Logger, multistream, pino } from 'pino';

/** Prints one line about a part of the stack. */
export type Say = (part: string, line: string) => void;

/** Prints the line with the local time of day. */
export const sayOnTerminal: Say = (part, line) =>
  process.stdout.write(`${new Date().toTimeString().slice(0, 8)}  ${part.padEnd(9)} ${line}\n`);

/**
 * A part's logger: writes JSON to `<folder>/<part>.log`, and each warning and error also to the terminal, as one short
 * line.
 */
export function partLogger(part: string, level: string, folder: string, say: Say): Logger {
  mkdirSync(folder, { recursive: true });
  // Synchronous, so that the last lines before a crash are not lost.
  const file = destination({ dest: join(folder, `${part}.log`), sync: true });
  const terminal = { write: (line: string) => say(part, condensed(JSON.parse(line))) };
  const streams = multistream([
    { level: 'trace', stream: file },
    { level: 'warn', stream: terminal },
  ]);
  return pino({ name: part, level }, streams);
}

/** A JSON log line as a short text: level, message, request, cause. */
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
