import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LeashedProgram, runOnLeash } from '../../devstack/leashed-program';
import { waitFor } from '../machinery/wait-for';
import { dist, isAlive, pressCtrlC, type RunningScript, startNode } from '../scripts/running-script';

/** Ends in peace at SIGTERM, which it notes in the file it is given. */
const PEACEFUL = `setInterval(() => {}, 1000);
  process.on('SIGTERM', () => { require('node:fs').writeFileSync(process.argv[1], 'in peace'); process.exit(7); });
  console.log('peaceful runs');`;
const STUBBORN = `setInterval(() => {}, 1000); process.on('SIGTERM', () => {}); console.log('stubborn runs');`;

let folder: string;
let note: string;
let logFile: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leash-'));
  note = join(folder, 'note');
  logFile = join(folder, 'log', 'program.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const gone = (pid: number) => waitFor(() => !isAlive(pid), { what: `the end of ${pid}` });
const running = () => waitFor(() => readFileSync(logFile, 'utf8').includes('runs'), { what: 'the program' });

async function run(text: string, limitMs?: number): Promise<LeashedProgram> {
  const options = { logFile, ...(limitMs === undefined ? {} : { limitMs }) };
  const program = await runOnLeash(process.execPath, ['-e', text, note], options);
  await running();
  return program;
}

/** Another process that owns the program. */
async function ownedRun(text: string): Promise<{ owner: RunningScript; pid: number }> {
  const owner = startNode([
    '-e',
    `process.on('SIGINT', () => console.log('interrupted'));
     require(${JSON.stringify(dist('devstack/leashed-program.js'))})
       .runOnLeash(process.execPath, ['-e', ${JSON.stringify(text)}, ${JSON.stringify(note)}],
         { logFile: ${JSON.stringify(logFile)}, limitMs: 500 })
       .then(({ pid }) => console.log('pid', pid));`,
  ]);
  const pid = () => Number(/pid (\d+)/.exec(owner.output())?.[1] ?? 0);
  await waitFor(() => pid() > 0, { what: 'the pid' });
  await running();
  return { owner, pid: pid() };
}

it('a program is told to end, and is given the time to', async () => {
  const program = await run(PEACEFUL);
  expect(isAlive(program.pid)).toBe(true);
  await program.stop();
  expect(readFileSync(note, 'utf8')).toBe('in peace');
  expect(await program.exited).toBe(7);
  expect(program.gone.aborted).toBe(true);
  await program.stop();
});

it('one that does not end in its time is killed', async () => {
  const program = await run(STUBBORN, 100);
  await program.stop();
  expect(await program.exited).toBe(137);
  await gone(program.pid);
});

it('a program is killed when its leash is stuck', async () => {
  const program = await run(STUBBORN, 100);
  process.kill(parentOf(program.pid), 'SIGSTOP');
  await program.stop();
  expect(await program.exited).not.toBe(0);
  await gone(program.pid);
});

it('one that ends by itself is noticed', async () => {
  const program = await run(PEACEFUL);
  process.kill(program.pid, 'SIGKILL');
  expect(await program.exited).toBe(137);
});

it.each([
  ['that ends in peace', PEACEFUL],
  ['that does not want to end', STUBBORN],
])('a program %s ends when its owner is killed with SIGKILL', async (_, text) => {
  const { owner, pid } = await ownedRun(text);
  owner.child.kill('SIGKILL');
  await gone(pid);
  expect(existsSync(note)).toBe(text === PEACEFUL);
});

it('a program ends when its leash is killed with SIGKILL', async () => {
  const { owner, pid } = await ownedRun(STUBBORN);
  process.kill(parentOf(pid), 'SIGKILL');
  await gone(pid);
  // It has nothing left to wait for.
  expect(await owner.exited).toBe(0);
});

function parentOf(pid: number): number {
  if (process.platform !== 'linux') return Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)]));
  return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

it("the terminal's Ctrl-C reaches the owner alone", async () => {
  const { owner, pid } = await ownedRun(PEACEFUL);
  pressCtrlC(owner);
  await waitFor(() => owner.output().includes('interrupted'), { what: 'the interrupt' });
  expect(isAlive(pid)).toBe(true);
  expect(existsSync(note)).toBe(false);
  owner.child.kill('SIGKILL');
  await gone(pid);
});

it('a program that is not there is an error', async () => {
  await expect(runOnLeash(join(folder, 'nothing'), [], { logFile })).rejects.toThrow("nothing can't be run");
});
