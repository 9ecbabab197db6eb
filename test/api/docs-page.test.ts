import type { Browser } from 'playwright-core';
import { launchBrowser, withBrowser } from '../machinery/browser';
import { call, NOWHERE, startTestApi, type TestApi } from './running-api';

/** The page at /docs in a real browser. */

let api: TestApi;
let browser: Browser | undefined;
beforeAll(async () => {
  api = await startTestApi(NOWHERE);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await api.close();
});

withBrowser('it shows every operation and its schemas, asks no other host, and breaks no policy', async () => {
  const page = await browser?.newPage();
  if (!page) throw new Error('no browser');
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => void asked.push(request.url()));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => void complaints.push(error.message));
  await page.goto(`${api.url}/docs/`);
  expect(page.url()).toBe(`${api.url}/docs`);
  await page.getByText('Start a pay-in, or get the existing one').click();
  await page.getByText('The pay-in existed already, with the same content').waitFor();
  expect(await page.locator('.opblock').count()).toBe(10);
  await page.locator('section.models').getByText('PayinRequest').first().waitFor();
  expect(complaints).toEqual([]);
  expect(asked.filter((url) => !url.startsWith(`${api.url}/`) && !url.startsWith('data:'))).toEqual([]);
  await page.close();
});

it('its policy lets no script in but its own', async () => {
  const { headers } = await call(`${api.url}/docs`);
  expect(headers['content-security-policy']).toContain("default-src 'none';script-src 'self';");
});

it('needs no key, and neither does the document', async () => {
  for (const path of ['/docs', '/openapi.json', '/docs/swagger-ui.css'])
    expect((await call(`${api.url}${path}`)).status).toBe(200);
});
