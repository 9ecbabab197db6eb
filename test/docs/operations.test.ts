import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { WHAT_TO_DO } from '../../workflows/payin/display';
import * as messages from '../../workflows/payin/messages';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes';

/** What operators read at 3 a.m. must not fall behind the code. */

const page = readFileSync('docs/operations.md', 'utf8');
const alerts = page.slice(page.indexOf('\n## Alerts\n'), page.indexOf('\n## Many at once\n'));
const codes = Object.keys(WHAT_TO_DO).sort();

it('tells of every alert, and of no other', () => {
  expect(captures(alerts, /^### `(.+)`$/gm).sort()).toEqual(codes);
});

it.each(codes)('%s: what it means, what to check and do, what is seen then, and what if nobody acts', (code) => {
  const [, section = ''] = alerts.split(`\n### \`${code}\`\n`);
  const [own = ''] = section.split('\n### ');
  expect(captures(own, /^- \*\*(.+?)\*\*:/gm)).toEqual(['Means', 'Check', 'Do', 'Then', 'If nobody acts']);
});

const note = z.strictObject({
  who: z.string().min(1),
  why: z.string().min(1),
  code: z.enum(codes).optional(),
  status: z.string().optional(),
});

it('shows only messages that a pay-in understands', () => {
  const known = Object.values(messages).flatMap((message) =>
    typeof message === 'object' && 'name' in message ? [message.name] : [],
  );
  const shown = captures(page, /--name (\S+)/g);
  expect(shown.length).toBeGreaterThan(codes.length);
  expect(shown.filter((name) => !known.includes(name))).toEqual([]);
  for (const input of captures(page, /--input '(.+?)'(?: |$)/gm)) note.parse(JSON.parse(input));
});

it('asks Temporal only for what it knows', () => {
  const attributes: string[] = Object.values(SEARCH_ATTRIBUTES).map(({ name }) => name);
  const asked = captures(page, /\b((?:Pay|Needs)[A-Z][A-Za-z]+)\b/g);
  expect(asked.filter((name) => !attributes.includes(name))).toEqual([]);
});

function captures(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, captured = '']) => captured);
}
