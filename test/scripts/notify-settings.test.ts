import {
  ENDPOINT_SETTINGS,
  merchantEndpoints,
  readSettings,
  SANDBOX_MERCHANT,
  SettingsError,
  WORKER_SETTINGS,
} from '../../settings';

const [ONE, TWO] = [24, 64].map((bytes) => `whsec_${Buffer.alloc(bytes, 'k').toString('base64')}`);
const DATABASE_URL = 'postgres://localhost/payins';
const read = (env: NodeJS.ProcessEnv) => readSettings(WORKER_SETTINGS, { DATABASE_URL, ...env });
const PRODUCTION = {
  NODE_ENV: 'production',
  LESSPAY_BASE_URL: 'https://lesspay.example',
  LESSPAY_APP_ID: 'app',
  LESSPAY_APP_SECRET: 'secret',
  PUBLIC_URL: 'https://pay.example',
  PAYLOAD_KEYS: 'none',
};

function problems(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    read(env);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

it('without them nobody is notified, in production too', () => {
  expect(merchantEndpoints(read({}))).toEqual([]);
  expect(merchantEndpoints(read(PRODUCTION))).toEqual([]);
});

it('each endpoint has its secrets, and may be private where that is said', () => {
  const env = {
    NOTIFY_ENDPOINTS: 'shop=https://shop.example/hooks?token=a=b, books_2=http://10.0.0.7:8080',
    NOTIFY_SECRETS: `shop=${ONE},books_2=${ONE},shop=${TWO}`,
    NOTIFY_PRIVATE: 'books_2',
  };
  expect(merchantEndpoints(read(env))).toEqual([
    { name: 'shop', url: 'https://shop.example/hooks?token=a=b', secrets: [ONE, TWO], allowPrivate: false },
    { name: 'books_2', url: 'http://10.0.0.7:8080', secrets: [ONE], allowPrivate: true },
  ]);
});

it.each([
  ['a-b=https://a.example', 'entry 1 must be name=url'],
  ['Shop=https://a.example', 'entry 1 must be name=url'],
  [`${'a'.repeat(31)}=https://a.example`, 'entry 1 must be name=url'],
  ['shop', 'entry 1 must be name=url'],
  ['shop=shop.example', 'the endpoint "shop" must have an absolute http(s) URL'],
  ['shop=ftp://shop.example', 'the endpoint "shop" must have an absolute http(s) URL'],
  ['shop=https://', 'the endpoint "shop" must have an absolute http(s) URL'],
  ['shop=https://user:pass@shop.example', 'the endpoint "shop" must have a URL without a user name and password'],
  ['shop=https://shop.example/#a', 'the endpoint "shop" must have a URL without a fragment'],
  ['shop=https://a.example,shop=https://b.example', 'the endpoint "shop" is listed twice'],
  ['shop=https://a.example,,', 'must be a comma-separated list'],
])('NOTIFY_ENDPOINTS=%s is refused', (NOTIFY_ENDPOINTS, problem) => {
  expect(problems({ NOTIFY_ENDPOINTS, NOTIFY_SECRETS: `shop=${ONE}` }).join('\n')).toContain(
    `NOTIFY_ENDPOINTS: ${problem}`,
  );
});

it.each([
  Buffer.alloc(23, 'k').toString('base64'),
  Buffer.alloc(65, 'k').toString('base64'),
  // Without its padding, which receivers in Go and Rust need.
  Buffer.alloc(32, 'k').toString('base64').replace('=', ''),
  'not base64 at all; but long enough',
  '=',
])('a secret of %j is refused, and not shown', (base64) => {
  const found = problems({ NOTIFY_ENDPOINTS: 'shop=https://shop.example', NOTIFY_SECRETS: `shop=whsec_${base64}` });
  expect(found).toEqual([
    expect.stringMatching(/^NOTIFY_SECRETS: the secret of "shop" must be "whsec_", followed by 24 to 64/),
  ]);
  expect(found.join()).not.toContain(`whsec_${base64}`);
});

it('what does not fit together is named at once, with whatever else is wrong', () => {
  const env = {
    ...PRODUCTION,
    PUBLIC_URL: '',
    NOTIFY_ENDPOINTS: 'shop=http://shop.example,books=https://books.example',
    NOTIFY_SECRETS: `shop=${SANDBOX_MERCHANT.secret},other=${ONE}`,
    NOTIFY_PRIVATE: 'elsewhere',
  };
  expect(problems(env)).toEqual([
    'PUBLIC_URL: is not set',
    'NOTIFY_SECRETS: has no secret for books. Add a name=whsec_... entry for each.',
    'NOTIFY_SECRETS: has secrets for names that are not in NOTIFY_ENDPOINTS. Add the endpoints, or remove the secrets.',
    'NOTIFY_PRIVATE: has names that are not in NOTIFY_ENDPOINTS. Add the endpoints, or remove the names.',
    'NOTIFY_ENDPOINTS: shop must have https URLs in production',
    "NOTIFY_SECRETS: production refuses the sandbox's secret. Replace it.",
  ]);
});

it('a command-line tool needs their names alone', () => {
  const { NOTIFY_ENDPOINTS } = readSettings(ENDPOINT_SETTINGS, { NOTIFY_ENDPOINTS: 'shop=https://shop.example' });
  expect(NOTIFY_ENDPOINTS).toEqual([{ name: 'shop', url: 'https://shop.example' }]);
});
