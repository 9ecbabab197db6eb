import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { partLogger } from '../../devstack/stack-log';

const folder = mkdtempSync(join(tmpdir(), 'log-'));
const said: string[] = [];
const say = (part: string, line: string) => said.push(`${part}: ${line}`);

afterAll(() => rmSync(folder, { recursive: true }));

it('the file gets everything; the terminal gets warnings and errors, each in one line that says why', () => {
  const logger = partLogger('worker', 'info', folder, say);
  logger.debug('not wanted');
  logger.info('worker runs');
  logger.warn({ error: 'two\nlines' }, 'slow');
  logger.error(
    { err: new Error('no route'), req: { method: 'POST', path: '/payins' }, res: { status: 503 } },
    'failed',
  );
  const written = readFileSync(join(folder, 'worker.log'), 'utf8').trim().split('\n');
  expect(written.map((line) => JSON.parse(line).msg)).toEqual(['worker runs', 'slow', 'failed']);
  expect(said).toEqual(['worker: WARN slow - two lines', 'worker: ERROR failed (POST /payins 503) - no route']);
});
