import { SettingsError } from '../../settings';
import { projectRoot } from '../../devstack/project-root';
import { readStackSettings, choosePorts } from '../../devstack/stack-settings';
import { ownPort } from '../machinery/own-ports';

const ANY = { PORT: '0', SANDBOX_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0', WORKER_METRICS_PORT: '0' };

const settle = (env: NodeJS.ProcessEnv) => choosePorts(readStackSettings(env), env, 0);

it('without any setting, everything is simulated here, on the well-known ports', () => {
  expect(readStackSettings({})).toMatchObject({
    ownTemporal: true,
    ownSandbox: true,
    TEMPORAL_PORT: 7233,
    TEMPORAL_UI_PORT: 8233,
    SANDBOX_PORT: 4010,
    PORT: 3000,
    DATA_DIR: `${projectRoot}/.data`,
  });
});

it('the URLs that nobody set follow the ports', async () => {
  const PORT = await ownPort();
  const settings = await settle({ ...ANY, PORT: String(PORT) });
  expect(settings).toMatchObject({ PORT, PUBLIC_URL: `http://127.0.0.1:${PORT}` });
  expect(settings.LESSPAY_BASE_URL).toBe(`http://127.0.0.1:${settings.SANDBOX_PORT}`);
  expect(settings.SANDBOX_PORT).not.toBe(0);
});

it('those that somebody set stay as they are', async () => {
  const urls = { PUBLIC_URL: 'https://pay.example', LESSPAY_BASE_URL: 'https://lesspay.example' };
  expect(await settle({ ...ANY, ...urls })).toMatchObject({ ...urls, ownSandbox: false });
});

it('the ports of parts that do not run here are not asked for', async () => {
  const env = { ...ANY, TEMPORAL_ADDRESS: 'temporal.example:7233', LESSPAY_BASE_URL: 'https://lesspay.example' };
  const settings = await settle(env);
  expect(settings).toMatchObject({ ownTemporal: false, TEMPORAL_PORT: 0, TEMPORAL_UI_PORT: 0, SANDBOX_PORT: 0 });
  expect(settings.PORT).not.toBe(0);
});

it('production simulates nothing: all that it lacks is named at once, the address of Temporal too', () => {
  const read = () => readStackSettings({ NODE_ENV: 'production' });
  expect(read).toThrow(SettingsError);
  for (const name of [
    'TEMPORAL_ADDRESS',
    'LESSPAY_BASE_URL',
    'LESSPAY_APP_SECRET',
    'PUBLIC_URL',
    'API_KEYS',
    'PAYLOAD_KEYS',
  ])
    expect(read).toThrow(`${name}: is not set`);
});

it("the merchant's endpoint in the sandbox is notified where nobody says another", async () => {
  const { SANDBOX_PORT, NOTIFY_ENDPOINTS, NOTIFY_PRIVATE } = await settle(ANY);
  const url = `http://127.0.0.1:${SANDBOX_PORT}/merchant/notifications`;
  expect([NOTIFY_ENDPOINTS, NOTIFY_PRIVATE]).toEqual([[{ name: 'sandbox', url }], ['sandbox']]);
  expect(await settle({ ...ANY, LESSPAY_BASE_URL: 'https://lesspay.example' })).toMatchObject({ NOTIFY_ENDPOINTS: [] });
});

it('with keys for payloads a codec server starts, for the pages of our own Temporal UI', async () => {
  const PAYLOAD_KEYS = `k=${Buffer.alloc(32).toString('base64')}`;
  const settings = await settle({ ...ANY, PAYLOAD_KEYS, CODEC_PORT: '0' });
  const uis = ['127.0.0.1', 'localhost'].map((host) => `http://${host}:${settings.TEMPORAL_UI_PORT}`);
  expect(settings).toMatchObject({ withCodecServer: true, CODEC_UI_ORIGIN: uis });
  expect(settings.CODEC_PORT).not.toBe(0);
  expect(() => readStackSettings({ PAYLOAD_KEYS, CODEC_HOST: '0.0.0.0' })).toThrow('CODEC_KEYS: is not set');
  expect(readStackSettings({})).toMatchObject({ withCodecServer: false });
});
