import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { z } from 'zod';

/** Members that describe the machine on which the history was made. A replay does not need them. */
const MACHINE_MEMBERS: ReadonlySet<string> = new Set(['identity', 'stackTrace', 'taskId', 'workerVersion']);
const STICKY = 'TASK_QUEUE_KIND_STICKY';
/** A payload in a history's JSON. `data` is JSON text in base64. */
const payload = z.looseObject({ metadata: z.object({ encoding: z.literal(base64('json/plain')) }), data: z.string() });

/**
 * A run's history in the form of `test/histories/`: one event a line, without the members that describe the machine.
 * Local addresses are replaced by `lesspay.example`.
 */
export function historyText(history: Parameters<typeof historyToJSON>[0]): string {
  const { events } = z
    .object({ events: z.array(z.unknown()) })
    .parse(JSON.parse(historyToJSON(history), withoutMachine));
  return `{"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`;
}

function withoutMachine(member: string, value: unknown): unknown {
  if (MACHINE_MEMBERS.has(member)) return undefined;
  if (typeof value === 'string') return withExampleHost(value);
  if (typeof value !== 'object' || value === null) return value;
  if ('kind' in value && value.kind === STICKY) return { ...value, name: 'sticky' };
  const { success, data } = payload.safeParse(value);
  return success ? { ...data, data: base64(withExampleHost(Buffer.from(data.data, 'base64').toString())) } : value;
}

const withExampleHost = (text: string): string => text.replaceAll(/(127\.0\.0\.1|localhost):\d+/g, 'lesspay.example');

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
