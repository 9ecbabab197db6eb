import { call, NOWHERE, startTestApi, temporalAddress } from './running-api';

test('without Temporal the API is alive and not ready, and says so within 2 s', async () => {
  const api = await startTestApi(NOWHERE);
  expect(await call(`${api.url}/healthz`)).toMatchObject({ status: 200, json: { status: 'ok' } });
  const asked = Date.now();
  const answer = await call(`${api.url}/readyz`);
  expect(Date.now() - asked).toBeLessThan(2_500);
  expect(answer).toMatchObject({ status: 503, json: { code: 'temporal_unavailable' } });
  expect(answer.headers['retry-after']).toBe('5');
  await api.close();
});

test('with Temporal the API is ready, with workers or without', async () => {
  const api = await startTestApi(temporalAddress());
  expect(await call(`${api.url}/readyz`)).toMatchObject({
    status: 200,
    json: { status: 'ready', temporal: 'up', workers: { task_queue: 'lesspay-payins', pollers: expect.any(Number) } },
  });
  await api.close();
});
