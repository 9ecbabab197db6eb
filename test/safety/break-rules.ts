import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { safetyPage } from './page';
import { SAFETY_RULES, type SafetyRule } from './rules';

/**
 * `npm run test:safety`: breaks each safety rule in a copy of the project, and expects its test to fail, after it passed
 * with the code as it is. `--only=TEXT` for rules that hold the text; `--page` writes `docs/safety.md` instead.
 */
const ROOT = process.cwd();
const COPY = join(ROOT, '.cache', 'safety');

/** What a broken rule keeps from coming is not waited for as long as on a busy machine. */
const ENV = { ...process.env, TEST_PATIENCE_MS: '30000' };

function main(): void {
  const { values } = parseArgs({ options: { only: { type: 'string', default: '' }, page: { type: 'boolean' } } });
  if (values.page) return writeFileSync(join(ROOT, 'docs', 'safety.md'), safetyPage());
  const rules = Object.values(SAFETY_RULES)
    .flat()
    .filter(({ rule }) => rule.includes(values.only));
  copyProject();
  const problems = rules.flatMap((rule) => {
    const problem = tryRule(rule);
    say(
      `${problem === undefined ? 'guarded' : 'NOT GUARDED'}  ${rule.rule}${problem === undefined ? '' : `: ${problem}`}`,
    );
    return problem === undefined ? [] : [rule.rule];
  });
  say(`\n${rules.length - problems.length} of ${rules.length} rules are guarded by a test that fails without them`);
  if (problems.length > 0) process.exitCode = 1;
}

/** What is wrong with the rule's guard; undefined when it is sound. */
function tryRule({ test: [file, title], breaks: [broken, from, to] }: SafetyRule): string | undefined {
  const path = join(COPY, broken);
  const sound = readFileSync(path, 'utf8');
  const asItIs = statusesAsItIs(file).filter(({ fullName }) => fullName.includes(title));
  const passed = asItIs.filter(({ status }) => status === 'passed').length;
  const failed = asItIs.filter(({ status }) => status === 'failed').length;
  if (passed === 0 || failed > 0) return `its test does not pass as it is (${JSON.stringify({ passed, failed })})`;
  try {
    writeFileSync(
      path,
      sound.replace(from, () => to),
    );
    return notices(file, title) ? undefined : 'its test passes without it';
  } finally {
    writeFileSync(path, sound);
  }
}

const report = z.object({
  numFailedTests: z.int(),
  testResults: z.array(z.object({ assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })) })),
});
type Report = z.infer<typeof report>;

const asTheyAre = new Map<string, Report['testResults'][number]['assertionResults']>();

/** How each test of a file ends with the code as it is. */
function statusesAsItIs(file: string) {
  const known = asTheyAre.get(file);
  if (known) return known;
  const ends = runTests([`test/${file}`]).report?.testResults.flatMap(({ assertionResults }) => assertionResults) ?? [];
  asTheyAre.set(file, ends);
  return ends;
}

/** The test ran, and did not end well: also where what was broken tore down jest itself. */
function notices(file: string, title: string): boolean {
  const pattern = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const { ran, status, report } = runTests([`test/${file}`, '-t', pattern]);
  return report ? report.numFailedTests > 0 : ran && status !== 0;
}

function runTests(which: readonly string[]): { ran: boolean; status: number | null; report: Report | undefined } {
  const outputFile = join(COPY, '.cache', 'report.json');
  rmSync(outputFile, { force: true });
  const args = [...which, '--json', `--outputFile=${outputFile}`, '--silent', '--forceExit'];
  const jest = join('node_modules', 'jest', 'bin', 'jest.js');
  const { status, stderr } = spawnSync(process.execPath, [jest, ...args], { cwd: COPY, env: ENV, encoding: 'utf8' });
  const ran = stderr.includes('The tests run on a Temporal dev server');
  if (!existsSync(outputFile)) return { ran, status, report: undefined };
  return { ran, status, report: report.parse(JSON.parse(readFileSync(outputFile, 'utf8'))) };
}

/** All that git knows of or does not ignore, as it is now; the packages and programs by link. */
function copyProject(): void {
  rmSync(COPY, { recursive: true, force: true });
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  for (const file of list.toString().split('\n')) {
    if (file === '' || !existsSync(join(ROOT, file))) continue;
    mkdirSync(dirname(join(COPY, file)), { recursive: true });
    cpSync(join(ROOT, file), join(COPY, file));
  }
  mkdirSync(join(COPY, '.cache'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(COPY, 'node_modules'));
  for (const programs of ['temporal-cli', 'temporal-test-server'])
    if (existsSync(join(ROOT, '.cache', programs)))
      symlinkSync(join(ROOT, '.cache', programs), join(COPY, '.cache', programs));
}

const say = (line: string) => process.stdout.write(`${line}\n`);

main();
