import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AlreadyRunningError, takeLock } from '../../devstack/lock';
import { waitFor } from '../machinery/wait-for';
import { startNode } from '../scripts/running-script';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  file = join(folder, 'data', 'lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('is held by one at a time, and free again when released', () => {
  const lock = takeLock(file);
  expect(lock.wasAbandoned).toBe(false);
  expect(readFileSync(file, 'utf8')).toBe(String(process.pid));
  expect(() => takeLock(file)).toThrow(AlreadyRunningError);
  lock.release();
  expect(existsSync(file)).toBe(false);
  takeLock(file).release();
});

it('of a living process is respected, and the message says how to go on', () => {
  takeLock(file).release();
  writeFileSync(file, String(process.ppid));
  expect(() => takeLock(file)).toThrow(`already running (pid ${process.ppid}): stop it first`);
  expect(readFileSync(file, 'utf8')).toBe(String(process.ppid));
});

it.each([
  ['a dead process', async () => String(await deadPid())],
  ['our own pid, from before the machine was restarted', () => String(process.pid)],
  ['nothing that is a pid', () => 'rubbish'],
])('that was abandoned with %s in it is taken over', async (_, content) => {
  takeLock(file).release();
  writeFileSync(file, await content());
  const lock = takeLock(file);
  expect(lock.wasAbandoned).toBe(true);
  expect(readFileSync(file, 'utf8')).toBe(String(process.pid));
  lock.release();
  expect(readdirSync(join(folder, 'data'))).toEqual([]);
});

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('on Linux, where it can be seen,', () => {
  it('that of a process that was killed, but not noticed by its parent, is taken over', async () => {
    const parent = spawn('sh', ['-c', 'sleep 1 & echo $!; exec sleep 60']);
    const [pid]: Buffer[] = await once(parent.stdout, 'data');
    const isZombie = () => readFileSync(`/proc/${Number(pid)}/stat`, 'utf8').includes(') Z ');
    await waitFor(isZombie, { what: 'the zombie' });
    takeLock(file).release();
    writeFileSync(file, String(pid).trim());
    expect(takeLock(file).wasAbandoned).toBe(true);
    parent.kill();
  });
});

it('is not removed by a holder whose lock was taken away', () => {
  const lock = takeLock(file);
  writeFileSync(file, String(process.ppid));
  lock.release();
  expect(readFileSync(file, 'utf8')).toBe(String(process.ppid));
});

async function deadPid(): Promise<number> {
  const { child, exited } = startNode(['-e', '']);
  await exited;
  return child.pid ?? 0;
}
