import { SAFETY_RULES } from './rules';

const INTRO = `# Safety rules

What keeps money safe here, the test that guards each rule, and one break of the code that makes that test fail.
\`npm run test:safety\` makes each break in a copy of the project, runs the test and expects it to fail; it takes about
an hour. This page is written by \`npm run test:safety -- --page\`, and a test compares it with the rules.

Beside these, whole lives are tried at random against a model (\`npm run test:model\`), every process is killed at every
step (\`npm run test:crash\`), and the receiver is flooded and fuzzed (\`test/e2e/flood.test.ts\`, \`test/api/fuzz-bytes.test.ts\`).
`;

/** `docs/safety.md`. */
export function safetyPage(): string {
  const sections = Object.entries(SAFETY_RULES).map(([title, rules]) => {
    const rows = rules.map(({ rule, test: [file, name], breaks: [broken, from, to] }) => {
      const how = to.trim() === '' ? `without ${code(from)}` : `${code(from)} becomes ${code(to)}`;
      return [rule, `[${file}](../test/${file}): ${name}`, `${code(broken)}: ${how}`];
    });
    const table = [['rule', 'test', 'what breaks it'], ['---', '---', '---'], ...rows];
    const lines = table.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
    return `## ${title}\n\n${lines.join('\n')}\n`;
  });
  return [INTRO, ...sections].join('\n');
}

/** On one line, in as many backticks as it takes. */
function code(text: string): string {
  const line = text.trim().replace(/\s*\n\s*/g, ' ');
  return line.includes('`') ? `\`\` ${line} \`\`` : `\`${line}\``;
}
