import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const browserPath = onPath('chromium') ?? onPath('chromium-browser') ?? onPath('google-chrome');
if (!browserPath && process.env['CI']) throw new Error('Chromium must be installed in CI: see .ci/run');
if (!browserPath) process.stderr.write('The browser tests are skipped: no chromium on PATH\n');

/** `it`, or without a browser `it.skip`. */
export const withBrowser = browserPath ? it : it.skip;

/** The system's browser; `undefined` where there is none. */
export async function launchBrowser(): Promise<Browser | undefined> {
  if (!browserPath) return undefined;
  return chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

function onPath(program: string): string | undefined {
  const isRunnable = (path: string) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find(isRunnable);
}
