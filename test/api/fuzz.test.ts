import * as fc from 'fast-check';
import { FUZZ_TIMEOUT_MS, fuzzRuns } from './fuzz-runs';
import {
  type Answered,
  bearer,
  call,
  type Call,
  postWebhook,
  signed,
  startTestApi,
  temporalAddress,
  type TestApi,
  WRITE_KEY,
} from './running-api';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi(temporalAddress());
});
afterAll(() => api.close());

const path = fc.oneof(
  fc.constantFrom('/webhooks/lesspay', '/payins', '/payins/order-1', '/healthz', '/'),
  fc.string({ unit: 'binary-ascii', maxLength: 40 }).map((text) => `/payins/${encodeURIComponent(text)}`),
  fc.stringMatching(/^[!-~]{0,40}$/).map((text) => `/${text}`),
);

/** What a header may hold on the wire. */
const headerValue = fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/);

const headers = fc.record(
  {
    'content-type': fc.oneof(fc.constantFrom('application/json', 'application/json; charset=utf-8'), headerValue),
    'content-encoding': headerValue,
    'x-auth-signature': fc.oneof(headerValue, fc.array(headerValue, { maxLength: 3 })),
    'x-request-id': headerValue,
    authorization: fc.oneof(fc.constant(bearer(WRITE_KEY).authorization), headerValue),
  },
  { requiredKeys: [] },
);

const body = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.json().map((text) => Buffer.from(text)),
  fc.constantFrom(65_536, 65_537, 200_000).map((size) => Buffer.alloc(size, ' ')),
);

const request: fc.Arbitrary<[string, Call]> = fc.tuple(
  path,
  fc.record({ method: fc.constantFrom('POST', 'POST', 'POST', 'GET', 'PUT', 'HEAD', 'OPTIONS'), headers, body }),
);

const isCalm = ({ status }: Answered) => status < 500 || status === 503;

test(
  'whatever is sent: no 5xx but 503, and never SUCCESS',
  async () => {
    const calm = fc.asyncProperty(request, async ([path, request]) => {
      const answer = await call(`${api.url}${path}`, request);
      expect(isCalm(answer) && !answer.text.includes('SUCCESS')).toBe(true);
    });
    await fc.assert(calm, fuzzRuns(400));
  },
  FUZZ_TIMEOUT_MS,
);

test(
  'whatever Lesspay signs, for pay-ins we never started: no 5xx but 503, and 200 for SUCCESS alone',
  async () => {
    const members = fc.dictionary(
      fc.oneof(fc.constantFrom('request_id', 'pay_order_id', 'order_status', 'api_version', 'event'), fc.string()),
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('v1', 'v2', 'SUCCEED', 'P-never-started', '" OR ""="'),
        fc.jsonValue(),
      ),
    );
    const calm = fc.asyncProperty(members, async (members) => {
      const answer = await postWebhook(api, signed(members));
      expect(isCalm(answer) && (answer.status === 200) === (answer.text === 'SUCCESS')).toBe(true);
    });
    await fc.assert(calm, fuzzRuns(200));
  },
  FUZZ_TIMEOUT_MS,
);
