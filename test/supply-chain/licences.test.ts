import { existsSync, readFileSync } from 'node:fs';
import { lockedPackages } from './lockfile';

/** What the product is made of may be used and passed on (docs/dependencies.md, "Licences"). */

/** SPDX ids. All of them ask for no more than that their text is passed on. */
const ALLOWED = new Set([
  'MIT',
  'Apache-2.0',
  'Apache-2.0 AND MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
  '(MIT OR CC0-1.0)',
]);

/** Packages with another licence, or that do not state theirs. */
const OTHERS: Readonly<Record<string, string>> = {
  /** A table of browsers, which webpack reads in the build. */
  'caniuse-lite': 'CC-BY-4.0',
};

it('every package has a licence that allows its use', () => {
  const refused = lockedPackages().filter(
    ({ name, license = '' }) => !ALLOWED.has(license) && name !== 'unionfs' && OTHERS[name] !== license,
  );
  expect(refused).toEqual([]);
});

it('unionfs, which states none, is in the public domain', () => {
  expect(readFileSync('node_modules/unionfs/LICENSE', 'utf8')).toContain('released into the public domain');
});

const LOCKFILES = ['package-lock.json', 'bench/peers/package-lock.json'] as const;

it.each(LOCKFILES)(
  'every package is pinned by the hash of its content, from whatever registry it comes: %s',
  (file) => {
    expect(lockedPackages(file).filter(({ integrity, resolved }) => !integrity || resolved !== undefined)).toEqual([]);
  },
);

it("of the peers' packages, only Restate's server is not free software", () => {
  const others = lockedPackages('bench/peers/package-lock.json').filter(({ license = '' }) => !ALLOWED.has(license));
  expect([...new Set(others.map(({ license }) => license))]).toEqual(['BSL']);
  expect(others.filter(({ name }) => !name.startsWith('@restatedev/restate-server'))).toEqual([]);
});

it('docs/dependencies.md names every licence', () => {
  const page = readFileSync('docs/dependencies.md', 'utf8');
  const [, licences = ''] = page.split('\n## Licences\n');
  expect([...ALLOWED, ...Object.values(OTHERS)].filter((id) => !licences.includes(id))).toEqual([]);
  expect(existsSync('LICENSE')).toBe(true);
});
