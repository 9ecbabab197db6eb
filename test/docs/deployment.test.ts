import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_SETTINGS } from '../../settings';

/** What the files of a deployment name is there, and their times fit those of the programs. */

const FOLDERS = ['ops/kubernetes/base', 'ops/kubernetes/worker-controller'];
const files = FOLDERS.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
const texts = new Map(['Dockerfile', 'compose.yaml', ...files].map((path) => [path, readFileSync(path, 'utf8')]));
const all = [...texts.values()].join('\n');
const text = (path: string) => texts.get(path) ?? '';
const captures = (of: string, pattern: RegExp) => [
  ...new Set([...of.matchAll(pattern)].map(([, found = '']) => found)),
];

it('every program that is started is built', () => {
  const programs = captures(all, /\bdist\/([\w/-]+)\.js/g);
  expect(programs).toEqual(expect.arrayContaining(['api/main', 'worker/main', 'scripts/command']));
  expect(programs.filter((program) => !existsSync(`${program}.ts`))).toEqual([]);
});

it('every setting is in docs/settings.md', () => {
  const page = readFileSync('docs/settings.md', 'utf8');
  const settings = [
    ...Object.keys(ALL_SETTINGS.shape),
    ...captures(text('compose.yaml').slice(0, text('compose.yaml').indexOf('\nservices:')), /^ {4}([A-Z_]+):/gm),
    ...captures(text('ops/kubernetes/base/settings.yaml'), /^ {2}([A-Z_]+):/gm),
    ...captures(text('ops/kubernetes/base/secret.example.yaml'), /^ {2}([A-Z_]+):/gm),
  ];
  expect(settings.length).toBeGreaterThan(15);
  expect(settings.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

it('every folder and file that is built is in the image, and no other', () => {
  const ignored = readFileSync('.dockerignore', 'utf8');
  const { exclude }: { exclude: string[] } = JSON.parse(readFileSync('tsconfig.build.json', 'utf8'));
  const built = readdirSync('.', { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && !exclude.includes(name))
    .filter((entry) => entry.name.endsWith('.ts') || (entry.isDirectory() && holdsTypeScript(entry.name)))
    .map(({ name }) => name);
  expect(ignored.startsWith('# ') && ignored.includes('\n*\n')).toBe(true);
  const named = captures(ignored, /^!([\w.-]+)$/gm);
  expect(named.filter((name) => name.endsWith('.ts') || !/\.|LICENSE/.test(name)).sort()).toEqual(built.sort());
});

const holdsTypeScript = (folder: string): boolean =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((path) => path.endsWith('.ts'));

it('a worker has longer to stop than it waits for its calls', () => {
  const [grace = ''] = captures(readFileSync('settings.ts', 'utf8'), /SHUTDOWN_GRACE_MS: '(\d+)'/g);
  const worker = text('compose.yaml').slice(text('compose.yaml').indexOf('\n  worker:'));
  const given = [
    ...captures(text('ops/kubernetes/base/worker.yaml'), /terminationGracePeriodSeconds: (\d+)/g),
    ...captures(
      text('ops/kubernetes/worker-controller/worker-deployment.yaml'),
      /terminationGracePeriodSeconds: (\d+)/g,
    ),
    ...captures(worker, /stop_grace_period: (\d+)s/g),
  ].map(Number);
  expect(given).toHaveLength(3);
  for (const seconds of given) expect(seconds).toBeGreaterThanOrEqual(Number(grace) / 1_000 + 10);
});

it.each(['api', 'receiver'])(
  'a pod of the %s has longer to stop than it waits for proxies and for its answers',
  (role) => {
    const [graceMs = ''] = captures(readFileSync('api/server.ts', 'utf8'), /graceMs = (\d+_\d+)/g);
    const manifest = text(`ops/kubernetes/base/${role}.yaml`);
    const [seconds = ''] = captures(manifest, /terminationGracePeriodSeconds: (\d+)/g);
    const [pause = ''] = captures(manifest, /preStop:\n +sleep:\n +seconds: (\d+)/g);
    expect(Number(pause)).toBeGreaterThanOrEqual(5);
    expect(Number(seconds)).toBeGreaterThanOrEqual(Number(pause) + Number(graceMs.replace('_', '')) / 1_000 + 5);
  },
);

const manifests = files.filter((path) => text(path).includes('image: lesspay-payins'));

it.each([
  ['runAsNonRoot: true'],
  ['readOnlyRootFilesystem: true'],
  ['allowPrivilegeEscalation: false'],
  ['drop: [ALL]'],
  ['automountServiceAccountToken: false'],
  ['type: RuntimeDefault'],
])('every pod of Kubernetes has %s', (rule) => {
  expect(manifests).toHaveLength(6);
  expect(manifests.filter((path) => !text(path).includes(rule))).toEqual([]);
});
