import { createHash, randomBytes } from 'node:crypto';
import {
  API_SETTINGS,
  DEV_API_KEY,
  isOurs,
  PAYLOAD_SETTINGS,
  readSettings,
  SANDBOX,
  SettingsError,
  WORKER_SETTINGS,
} from '../../settings';
import { DEV_CARD_KEY } from '../../settings/card-secret-keys';

const TRUST = API_SETTINGS.pick({ TRUST_PROXY: true });
const LIMITS = API_SETTINGS.pick({ RATE_LIMIT_PER_KEY: true, RATE_LIMIT_PER_ADDRESS: true });

it('trusts no proxy and limits generously, unless told otherwise', () => {
  expect(readSettings(TRUST, {})).toEqual({ TRUST_PROXY: 0 });
  expect(readSettings(LIMITS, {})).toEqual({ RATE_LIMIT_PER_KEY: 12_000, RATE_LIMIT_PER_ADDRESS: 12_000 });
});

it.each([
  ['1', 1],
  ['10.0.0.0/8', ['10.0.0.0/8']],
  ['loopback, 192.0.2.1, 2001:db8::/32', ['loopback', '192.0.2.1', '2001:db8::/32']],
])('TRUST_PROXY %s', (text, trusted) => {
  expect(readSettings(TRUST, { TRUST_PROXY: text })).toEqual({ TRUST_PROXY: trusted });
});

it.each([
  'true',
  'all',
  '-1',
  '12',
  '10.0.0.0/33',
  '10.0.0.0/0',
  '10.0.0.0/8/8',
  '::/129',
  '10.0.0.1,',
  'proxy.example',
])('TRUST_PROXY %s is refused, and everybody is never trusted', (text) => {
  expect(() => readSettings(TRUST, { TRUST_PROXY: text })).toThrow(SettingsError);
  expect(() => readSettings(TRUST, { TRUST_PROXY: text })).toThrow('TRUST_PROXY: must be a number of proxies');
});

it.each(['-1', '1.5', 'many'])('a rate limit of %s is refused', (text) => {
  expect(() => readSettings(LIMITS, { RATE_LIMIT_PER_KEY: text })).toThrow('RATE_LIMIT_PER_KEY: ');
});

const PREFIX = API_SETTINGS.pick({ REQUEST_ID_PREFIX: true });

it.each([
  [undefined, []],
  ['shop-', ['shop-']],
  ['shop-, till.', ['shop-', 'till.']],
])('REQUEST_ID_PREFIX %s', (text, prefixes) => {
  expect(readSettings(PREFIX, { REQUEST_ID_PREFIX: text })).toEqual({ REQUEST_ID_PREFIX: prefixes });
});

it.each([',', 'shop-,', 'a b', '*', 'x'.repeat(20)])('REQUEST_ID_PREFIX %s is refused', (text) => {
  expect(() => readSettings(PREFIX, { REQUEST_ID_PREFIX: text })).toThrow('REQUEST_ID_PREFIX: must be');
});

it('says which request_ids are ours: all, unless told otherwise', () => {
  expect(isOurs({ REQUEST_ID_PREFIX: [] }, 'a')).toBe(true);
  const two = { REQUEST_ID_PREFIX: ['shop-', 'till.'] };
  expect(['shop-1', 'till.1', 'till1', 'x-shop-1'].map((id) => isOurs(two, id))).toEqual([true, true, false, false]);
});

it('production refuses the key of a development stack, and has none by default', () => {
  const keys = API_SETTINGS.pick({ API_KEYS: true });
  const ours = { name: 'shop', scope: 'write', sha256: '0'.repeat(64) };
  const API_KEYS = `shop:write:${ours.sha256},dev:read:${createHash('sha256').update(DEV_API_KEY).digest('hex')}`;
  expect(() => readSettings(keys, { NODE_ENV: 'production', API_KEYS })).toThrow(
    new SettingsError(['API_KEYS: production refuses the development key "dev". Remove it.']),
  );
  expect(() => readSettings(keys, { NODE_ENV: 'production' })).toThrow(new SettingsError(['API_KEYS: is not set']));
  expect(readSettings(keys, { NODE_ENV: 'production', API_KEYS: `shop:write:${ours.sha256}` })).toEqual({
    API_KEYS: [ours],
  });
});

describe('production refuses what anybody on the way could read or forge', () => {
  const lesspay = WORKER_SETTINGS.pick({ LESSPAY_BASE_URL: true, LESSPAY_APP_SECRET: true, PUBLIC_URL: true });
  const good = {
    NODE_ENV: 'production',
    LESSPAY_BASE_URL: 'https://lesspay.example',
    LESSPAY_APP_SECRET: 'secret',
    PUBLIC_URL: 'https://pay.shop.example',
  };

  it.each([
    ['LESSPAY_BASE_URL', 'http://lesspay.example'],
    ['LESSPAY_BASE_URL', 'http://localhost.example'],
    ['PUBLIC_URL', 'http://pay.shop.example'],
  ])('%s %s', (name, url) => {
    const problem = `${name}: must be an https URL in production, unless it is on this machine`;
    expect(() => readSettings(lesspay, { ...good, [name]: url })).toThrow(new SettingsError([problem]));
    expect(readSettings(lesspay, { ...good, [name]: url, NODE_ENV: 'test' })).toMatchObject({ [name]: url });
  });

  it('the secret of the sandbox, which is public', () => {
    expect(() => readSettings(lesspay, { ...good, LESSPAY_APP_SECRET: `secret,${SANDBOX.appSecret}` })).toThrow(
      "LESSPAY_APP_SECRET: production refuses the sandbox's secret",
    );
  });

  it('but not a server on the same machine', () => {
    const local = { ...good, LESSPAY_BASE_URL: 'http://127.0.0.1:4010', PUBLIC_URL: 'http://localhost' };
    expect(readSettings(lesspay, local)).toMatchObject({ PUBLIC_URL: 'http://localhost' });
  });
});

describe('what payment methods need', () => {
  const METHODS = WORKER_SETTINGS.pick({ LESSPAY_MINOR_UNIT_METHODS: true, CARD_SECRET_KEYS: true });
  const key = randomBytes(32).toString('base64');

  it('is there in development, and must be set in production', () => {
    expect(readSettings(METHODS, {})).toEqual({
      LESSPAY_MINOR_UNIT_METHODS: ['bank_push_mxn', 'pix_brl'],
      CARD_SECRET_KEYS: [expect.any(Buffer)],
    });
    expect(readSettings(METHODS, { NODE_ENV: 'production' })).toEqual({
      LESSPAY_MINOR_UNIT_METHODS: [],
      CARD_SECRET_KEYS: [],
    });
  });

  it('may be two keys, to rotate them', () => {
    const { CARD_SECRET_KEYS: keys } = readSettings(METHODS, { CARD_SECRET_KEYS: `${key},${DEV_CARD_KEY}` });
    expect(keys.map((bytes) => bytes.toString('base64'))).toEqual([key, DEV_CARD_KEY]);
  });

  it.each([
    ['LESSPAY_MINOR_UNIT_METHODS', 'card', 'must be a comma-separated list of methods: bank_push_mxn, pix_brl'],
    ['CARD_SECRET_KEYS', key.slice(4), 'entry 1 must be 32 random bytes in base64'],
    ['CARD_SECRET_KEYS', `${key},a secret`, 'entry 2 must be 32 random bytes in base64'],
    ['CARD_SECRET_KEYS', DEV_CARD_KEY, 'production refuses the development key'],
  ])('%s=%s is refused, and not shown', (name, value, problem) => {
    const reading = () => readSettings(METHODS, { NODE_ENV: 'production', [name]: value });
    expect(reading).toThrow(`${name}: ${problem}`);
    expect(reading).not.toThrow(key.slice(4));
  });
});

describe('PAYLOAD_KEYS', () => {
  const key = (byte: string) => Buffer.alloc(32, byte).toString('base64');
  const read = (PAYLOAD_KEYS?: string, NODE_ENV?: string) => readSettings(PAYLOAD_SETTINGS, { PAYLOAD_KEYS, NODE_ENV });

  it('holds keys, the first one first', () => {
    const { PAYLOAD_KEYS } = read(`2026-11=${key('a')}, old.1=${key('b')}`);
    expect(PAYLOAD_KEYS.all.map(({ id, key }) => [id, key.export().toString()])).toEqual([
      ['2026-11', 'a'.repeat(32)],
      ['old.1', 'b'.repeat(32)],
    ]);
    expect(PAYLOAD_KEYS.encrypting).toBe(PAYLOAD_KEYS.all[0]);
    expect(read(`none,a=${key('a')}`)).toEqual({ PAYLOAD_KEYS: { all: [expect.objectContaining({ id: 'a' })] } });
  });

  it('must be set in production, or refused by name', () => {
    const none = { PAYLOAD_KEYS: { all: [] } };
    expect(read()).toEqual(none);
    expect(() => read(undefined, 'production')).toThrow(/PAYLOAD_KEYS: is not set\. Make a key .* or set it to "none"/);
    expect(read('none', 'production')).toEqual(none);
  });

  it.each([
    `a=${key('a').slice(0, -1)}`,
    `a=${Buffer.alloc(16).toString('base64')}`,
    `a b=${key('a')}`,
    key('a'),
    `a=${key('a')},`,
    `a=${key('a')},a=${key('b')}`,
    `a=${key('a')},none`,
    'none,',
  ])('%s is refused, and no error shows a key', (text) => {
    expect(() => read(text)).toThrow(/PAYLOAD_KEYS: (entry \d must be id=key|has the id "a" twice|must be a comma)/);
    expect(() => read(text)).not.toThrow(key('a').slice(0, 8));
  });
});
