/** What a test file has loaded by its end: one that has nothing to do with Temporal has made no run. */
const hasLoaded = (file: string): boolean => Object.keys(require.cache).some((path) => path.endsWith(file));

afterAll(async () => {
  if (!hasLoaded('/temporal.config.ts')) return;
  const { replayFile } = jest.requireActual<typeof import('./replay-at-end')>('./replay-at-end');
  await replayFile();
});
