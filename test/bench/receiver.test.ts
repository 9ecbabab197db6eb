import { type Measured, receiverTables } from '../../bench/receiver/report';
import { KINDS, signedBody } from '../../bench/receiver/webhooks';
import { verifyWebhook } from '../../lesspay/webhook';

const SECRET = 'app-secret';
const read = (kind: (typeof KINDS)[number]) => {
  const { text, signature } = signedBody(kind, 1, ['one', 'two'], SECRET);
  return { bytes: Buffer.from(text), signature };
};

it('a valid webhook names one of the pay-ins, and no two are the same', () => {
  const { bytes, signature } = read('valid');
  expect(verifyWebhook(bytes, signature, SECRET).request_id).toBe('two');
  expect(signedBody('valid', 3, ['one', 'two'], SECRET).text).not.toBe(bytes.toString());
});

it.each([
  ['forged, 200 B', 150, 250],
  ['forged, 54 KiB', 53 * 1_024, 55 * 1_024],
] as const)('%s: refused for its signature alone', (kind, least, most) => {
  const { bytes, signature } = read(kind);
  expect(() => verifyWebhook(bytes, signature, SECRET)).toThrow(expect.objectContaining({ code: 'signature_wrong' }));
  expect(bytes.length).toBeGreaterThan(least);
  expect(bytes.length).toBeLessThan(most);
});

it("shows the medians of each target, and the ratios to the textbook's", () => {
  const flood = (target: Measured['target'], seconds: number): Measured => ({
    target,
    kind: 'valid',
    webhooks: 100,
    seconds,
    cpu_ms: 50,
    health_ms: [1, 2, 3],
  });
  const text = receiverTables([flood('ours, receiver', 1), flood('ours, API', 2), flood('textbook', 2)]);
  expect(text).toMatch(/\| valid: webhooks\/s +\| +100 \| +50 \| +50 \| +2\.00 \| +1\.00 \|/);
  expect(text).toMatch(/\| valid: CPU µs each +\| +500 \| +500 \| +500 \|/);
});
