import { readFileSync } from 'node:fs';
import { markdownTable } from '../markdown-table';
import { readCost } from './figures';
import { need } from './need';

/** `npm run bench:scale -- BENCH.json GROWTH.json`: what 1,000 pay-ins a second need (docs/scale.md). */
function main(): void {
  const [benchFile, growthFile] = process.argv.slice(2);
  if (benchFile === undefined || growthFile === undefined)
    throw new Error('Name two JSON files: that of npm run bench, then that of npm run bench:growth.');
  const cost = readCost(readJson(benchFile), readJson(growthFile));
  console.log(markdownTable(['measured, of one pay-in', 'value'], rowsOf(cost)));
  console.log(`\n${markdownTable(['needed', 'value'], rowsOf(need(cost)))}`);
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

const rowsOf = (figures: object): string[][] =>
  Object.entries(figures).map(([name, value]) => [name.replaceAll('_', ' '), show(Number(value))]);

const show = (value: number): string =>
  value.toLocaleString('en', value < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 });

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
