import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SAFETY_RULES } from '../safety/rules';
import { brokenReferences, headingsOf } from './references';

/** A reader who follows a reference finds what it names. */

const READ = /\.(?:md|ts|js|sh)$/;
/** Its examples lead nowhere. */
const OWN = 'test/docs/references.test.ts';

it('every document, heading, decision, rule and file that is named is there', () => {
  const paths = textsIn('.').filter((path) => path !== OWN);
  expect(paths.length).toBeGreaterThan(400);
  const texts = new Map(paths.map((path) => [path, readFileSync(path, 'utf8')]));
  expect(brokenReferences({ texts, exists: existsSync })).toEqual([]);
});

it('the safety rules stand under the rules of docs/design.md, all of them', () => {
  const isRule = (title: string) => title.startsWith('Rule ');
  const rules = headingsOf(readFileSync('docs/design.md', 'utf8')).filter(isRule);
  expect(Object.keys(SAFETY_RULES).filter(isRule)).toEqual(rules);
});

it.each([
  ['a link to a page', 'README.md', '[here](docs/gone.md)'],
  ['a link to a heading', 'README.md', '[here](docs/design.md#gone)'],
  ['a link to a heading of its own page', 'docs/design.md', '[here](#gone)'],
  ['a link to the second of two headings, where there is one', 'README.md', '[here](docs/design.md#status-1)'],
  ['a picture', 'README.md', '<img src="docs/gone.png">'],
  ['a page, in code', 'api/a.ts', '// See docs/gone.md.'],
  ['a heading, in code', 'api/a.ts', '// See docs/design.md, "Gone".'],
  ['a second heading, in code', 'api/a.ts', '// See docs/design.md, "Status" and "Gone".'],
  ['a heading, in the next line of a comment', 'api/a.ts', '/**\n * See docs/design.md,\n * "Gone".\n */'],
  ['an anchor, in a text', 'api/a.ts', '`see docs/design.md#gone`'],
  ['a decision by its file', 'api/a.ts', '// docs/decisions/0099'],
  ['a decision by its number, in code', 'api/a.ts', '// decision 99'],
  ['a decision by its number, in a page', 'README.md', 'decision 0099'],
  ['a rule, in code', 'api/a.ts', '// docs/design.md, rule 99'],
  ['a rule, in a page', 'README.md', 'rule 99'],
  ['a rule of no document, in code', 'api/a.ts', '// rule 1'],
  ['another page of the root', 'api/a.ts', "'See GONE.md.'"],
  ['a file, in a page', 'README.md', '`api/gone.ts`'],
  ['a file, in code', 'api/b.ts', '// As `api/gone.ts` says.'],
])('%s that is not there is found', (_what, path, text) => {
  expect(brokenReferences(small(path, text))).toEqual([expect.stringMatching(`^${path}: `)]);
});

it.each([
  ['README.md', '[here](docs/design.md#rule-1-a-webhook-is-a-hint), [there](https://example.org/docs/gone.md#x)'],
  [
    'docs/decisions/0012-one-loop.md',
    '[rule 1](../design.md#rule-1-a-webhook-is-a-hint), [decision 12](0012-one-loop.md)',
  ],
  ['README.md', '```sh\n[code](docs/gone.md)\n```'],
  ['api/a.ts', '// docs/design.md, rule 1; `docs/design.md`, "Status"; docs/decisions/0012; decision 12; `api/a.ts`'],
  ['api/a.ts', "fetch('/docs/swagger-ui.css')"],
])('in %s: %s', (path, text) => {
  expect(brokenReferences(small(path, text))).toEqual([]);
});

function small(path: string, text: string) {
  const texts = new Map([
    ['README.md', '# All'],
    ['docs/design.md', '# Design\n\n## Status\n\n### Rule 1: a webhook is a hint'],
    ['docs/decisions/0012-one-loop.md', '# 12. One loop'],
  ]);
  texts.set(path, `${texts.get(path) ?? ''}\n\n${text}\n`);
  return { texts, exists: (wanted: string) => texts.has(wanted) };
}

function textsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return /^\.|^(?:node_modules|dist|coverage)$/.test(entry.name) ? [] : textsIn(path);
    return READ.test(entry.name) ? [path] : [];
  });
}
