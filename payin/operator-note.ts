/** Every operator's message says who sends it and why: both are kept in the audit trail. */
export interface OperatorNote {
  readonly who: string;
  readonly why: string;
}

/** In characters. All that people write is carried by the run to its end, and kept. */
const LONGEST = { who: 500, why: 500, code: 64, status: 64 } as const;

/** Members that some messages take beside who and why; a number is looked at by who takes it. */
export type OptionalMember = 'code' | 'status' | 'number';

/**
 * What is wrong with what a person sends along: the member, its limit, and how it should be.
 * @param optional what the message takes beside `who` and `why`
 * @returns undefined where nothing is
 */
export function noteProblem(note: unknown, optional: readonly OptionalMember[] = []): string | undefined {
  const members = new Map<string, unknown>(typeof note === 'object' && note !== null ? Object.entries(note) : []);
  for (const name of ['who', 'why'] as const) {
    const problem = textProblem(name, members.get(name));
    if (problem) return problem;
  }
  for (const name of optional) {
    const problem = name !== 'number' && members.has(name) ? textProblem(name, members.get(name)) : undefined;
    if (problem) return problem;
  }
  const known: readonly string[] = ['who', 'why', ...optional];
  const unknown = [...members.keys()].find((name) => !known.includes(name));
  if (unknown === undefined) return undefined;
  return `"${unknown.slice(0, 64)}" is unknown here: say ${known.map((name) => `"${name}"`).join(', ')} and no more`;
}

function textProblem(name: keyof typeof LONGEST, text: unknown): string | undefined {
  const most = LONGEST[name];
  if (typeof text === 'string' && text.trim() !== '' && text.length <= most) return undefined;
  const now = typeof text === 'string' && text.length > most ? `, not ${text.length}` : '';
  return `say ${name}, in at most ${most} characters${now}: {"who": "...", "why": "..."}`;
}

/** What a person sent along with a signal, which may hold anything: a text of at most 500 characters, or `otherwise`. */
export const textOr = (value: unknown, otherwise: string): string =>
  typeof value === 'string' ? value.slice(0, 500) : otherwise;
