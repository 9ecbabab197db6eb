import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { z } from 'zod';

/** What a history says of the machine it was made on, and a replay never asks for. */
const OF_THE_MACHINE: ReadonlySet<string> = new Set(['identity', 'stackTrace', 'taskId', 'workerVersion']);
const STICKY = 'TASK_QUEUE_KIND_STICKY';
/** A payload as JSON: its text is in base64. */
const payload = z.looseObject({ metadata: z.object({ encoding: z.literal(base64('json/plain')) }), data: z.string() });

/**
 * A run's history as it is kept in `test/histories/`: one event a line, without what tells of the machine it was made
 * on. Addresses of this machine read `lesspay.example`.
 */
export function historyText(history: Parameters<typeof historyToJSON>[0]): string {
  const { events } = z.object({ events: z.array(z.unknown()) }).parse(JSON.parse(historyToJSON(history), withoutPlace));
  return `{"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`;
}

function withoutPlace(member: string, value: unknown): unknown {
  if (OF_THE_MACHINE.has(member)) return undefined;
  if (typeof value === 'string') return elsewhere(value);
  if (typeof value !== 'object' || value === null) return value;
  if ('kind' in value && value.kind === STICKY) return { ...value, name: 'sticky' };
  const { success, data } = payload.safeParse(value);
  return success ? { ...data, data: base64(elsewhere(Buffer.from(data.data, 'base64').toString())) } : value;
}

const elsewhere = (text: string): string => text.replaceAll(/(127\.0\.0\.1|localhost):\d+/g, 'lesspay.example');

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
