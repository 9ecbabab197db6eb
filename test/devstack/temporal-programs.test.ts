import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Fetch } from '../../devstack/fetch-program';
import { findTemporalCli, findTestServer, ProgramNotFoundError } from '../../devstack/temporal-programs';

let folder: string;
let cacheDir: string;
const log: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'programs-'));
  cacheDir = join(folder, 'cache');
  log.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

const GOOD = 'echo "temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)"';

function fake(path: string, script = GOOD, mode = 0o755): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, mode);
  return file;
}

const brings = (script?: string): Fetch => ({
  from: 'a source',
  into: async (place) => void fake(join(place.slice(folder.length), 'bin/temporal'), script),
});
const fails: Fetch = { from: 'a dead source', into: () => Promise.reject(new Error('no such host')) };

const find = (env: NodeJS.ProcessEnv = {}, sources: readonly Fetch[] = []) =>
  findTemporalCli((line) => log.push(line), { env, cacheDir, sources });

describe('the Temporal CLI is looked for', () => {
  it('as TEMPORAL_CLI_PATH, then on PATH, then in the cache, then fetched', async () => {
    const chosen = fake('chosen/my-temporal');
    const onPath = fake('bin/temporal');
    const cached = fake('cache/temporal-cli/bin/temporal');
    const PATH = `${join(folder, 'empty')}:${dirname(onPath)}`;
    expect(await find({ TEMPORAL_CLI_PATH: chosen, PATH })).toBe(chosen);
    expect(await find({ PATH })).toBe(onPath);
    expect(await find({ PATH: join(folder, 'empty') })).toBe(cached);
    rmSync(join(folder, 'cache'), { recursive: true });
    expect(await find({}, [brings()])).toBe(cached);
    expect(await find()).toBe(cached);
  });

  it.each([
    ['does not exist', undefined, undefined],
    ['is not executable', GOOD, 0o644],
    ['does not run', 'exit 1', 0o755],
    ['does not answer --version like the Temporal CLI', 'echo hello', 0o755],
    ['is version 1.3, older than 1.4', 'echo "temporal version 1.3.9 (Server 1.27.2)"', 0o755],
  ])('and never silently elsewhere, when the file that TEMPORAL_CLI_PATH names %s', async (fault, script, mode) => {
    const TEMPORAL_CLI_PATH = script ? fake('chosen/temporal', script, mode) : join(folder, 'chosen/temporal');
    fake('cache/temporal-cli/bin/temporal');
    const search = find({ TEMPORAL_CLI_PATH });
    await expect(search).rejects.toThrow(ProgramNotFoundError);
    await expect(search).rejects.toThrow(`TEMPORAL_CLI_PATH is ${TEMPORAL_CLI_PATH}, which ${fault}`);
  });

  it('past one on PATH that will not do, which the log says', async () => {
    const old = fake('bin/temporal', 'echo "temporal version 0.13.2 (Server 1.24)"');
    const cached = fake('cache/temporal-cli/bin/temporal');
    expect(await find({ PATH: dirname(old) })).toBe(cached);
    expect(log).toEqual([`${old} is not used: it is version 0.13, older than 1.4`]);
  });
});

describe('what has to be fetched', () => {
  it('comes from the next source, where one fails or brings something broken', async () => {
    const path = await find({}, [fails, brings('exit 1'), brings()]);
    expect(path).toBe(join(cacheDir, 'temporal-cli/bin/temporal'));
  });

  it('leaves nothing else in the cache, whether it came or not', async () => {
    await expect(find({}, [fails, brings('exit 1')])).rejects.toThrow(ProgramNotFoundError);
    expect(readdirSync(cacheDir)).toEqual([]);
    await find({}, [fails, brings()]);
    expect(readdirSync(cacheDir)).toEqual(['temporal-cli']);
  });

  it('takes the place of a broken one in the cache', async () => {
    fake('cache/temporal-cli/bin/temporal', 'exit 1');
    await find({}, [brings()]);
    expect(await find()).toBe(join(cacheDir, 'temporal-cli/bin/temporal'));
  });

  it('works when several fetch it at once', async () => {
    const paths = await Promise.all([1, 2, 3, 4].map(() => find({}, [brings()])));
    expect(new Set(paths)).toEqual(new Set([await find()]));
    expect(readdirSync(cacheDir)).toEqual(['temporal-cli']);
  });

  it('and can not be had: the error says what was tried and what helps', async () => {
    const search = find({}, [fails, brings('echo hello')]);
    await expect(search).rejects.toMatchObject({ code: 'program_not_found' });
    await expect(search).rejects.toThrow('set TEMPORAL_CLI_PATH to its path');
    await expect(search).rejects.toThrow('python3 with pip');
    await expect(search).rejects.toThrow('a dead source: no such host');
    await expect(search).rejects.toThrow(
      'a source: the downloaded file does not answer --version like the Temporal CLI',
    );
  });
});

it('the test server, which knows no --version, is found in the same way', async () => {
  const server = fake('bin/temporal-test-server', 'exit 1');
  expect(await findTestServer(undefined, { env: { PATH: dirname(server) }, cacheDir })).toBe(server);
  const TEMPORAL_TEST_SERVER_PATH = fake('chosen/server', GOOD, 0o644);
  const search = findTestServer(undefined, { env: { TEMPORAL_TEST_SERVER_PATH }, cacheDir });
  await expect(search).rejects.toThrow('TEMPORAL_TEST_SERVER_PATH');
});
