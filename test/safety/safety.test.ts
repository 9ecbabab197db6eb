import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { safetyPage } from './page';
import { SAFETY_RULES } from './rules';

/** The breaks themselves take minutes: `npm run test:safety`. */

const ROOT = join(__dirname, '../..');
const rules = Object.values(SAFETY_RULES).flat();

it.each(rules)('$rule: what breaks it stands where it is said to, once', ({ breaks: [file, from], test: [guard] }) => {
  expect(readFileSync(join(ROOT, file), 'utf8').split(from).length - 1).toBe(1);
  expect(existsSync(join(ROOT, 'test', guard))).toBe(true);
});

it('docs/safety.md says what the rules say: write it with npm run test:safety -- --page', () => {
  expect(readFileSync(join(ROOT, 'docs/safety.md'), 'utf8')).toBe(safetyPage());
});
