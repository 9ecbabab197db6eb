import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** What README.md, CONTRIBUTING.md and SECURITY.md say of the repository is so. */

const readme = readFileSync('README.md', 'utf8');
const contributing = readFileSync('CONTRIBUTING.md', 'utf8');
const security = readFileSync('SECURITY.md', 'utf8');
const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync('package.json', 'utf8'));

const captures = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found = '']) => found);

it('README.md says of every folder what it holds, and of no other', () => {
  const notOurs = /^\.|^(?:node_modules|dist|coverage)$/;
  const folders = readdirSync('.', { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !notOurs.test(entry.name),
  );
  expect(captures(readme.slice(readme.indexOf('## What is where')), /\[`([a-z]+)\/`\]/g).sort()).toEqual(
    folders.map(({ name }) => name).sort(),
  );
});

it('CONTRIBUTING.md names every test command, and only commands that exist', () => {
  const named = captures(contributing, /npm run ([a-z:]+)/g);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
  expect(Object.keys(scripts).filter((name) => name.startsWith('test:') && !named.includes(name))).toEqual([]);
});

const shown = [...security.matchAll(/\[[^\]]+\]\((test\/[^)]+)\): ([^|;]+)/g)];

it('SECURITY.md names a test for each threat', () => {
  const [, threats = ''] = security.split('\n## Threats\n');
  const rows = captures(threats, /^\| (?!attacker|-)(.+)/gm);
  expect(rows.length).toBeGreaterThan(15);
  expect(rows.filter((row) => !row.includes('](test/'))).toEqual([]);
});

it.each(shown.map(([, file = '', title = '']) => [file, title.trim()]))('SECURITY.md, %s: %s', (file, title) => {
  expect(existsSync(file)).toBe(true);
  expect(readFileSync(file, 'utf8')).toContain(title);
});
