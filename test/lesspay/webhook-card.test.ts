import { parseJsonObject } from '../../lesspay/json';
import { sign, signedMembers } from '../../lesspay/signature';
import { verifyWebhook } from '../../lesspay/webhook';

const SECRET = 'secret';

function read(members: object) {
  const text = JSON.stringify({ request_id: '4711', order_status: 'SUCCEED', ...members });
  return verifyWebhook(Buffer.from(text), sign(signedMembers(parseJsonObject(text)), SECRET), SECRET);
}

/** As the vendor's demo shows it. */
const DEMO = { issuer: 'JPMORGAN', issuer_country: 'US', '3ds': { downgraded: false, enrolled: 'Y' } };

it.each([
  [
    'all that the demo shows',
    DEMO,
    {
      card_issuer: 'JPMORGAN',
      card_issuer_country: 'US',
      three_ds_enrolled: 'Y',
      three_ds_downgraded: 'false',
    },
  ],
  [
    'camelCase',
    { issuerCountry: 'MX', threeDs: { downgraded: true } },
    { card_issuer_country: 'MX', three_ds_downgraded: 'true' },
  ],
  [
    'what it knows, beside what it does not',
    { '3ds': { enrolled: 'N', eci: '07', version: '2.2.0' } },
    { three_ds_enrolled: 'N' },
  ],
])('reads %s', (_what, channel_biz_data, card) => {
  const webhook = read({ api_version: 'v2', channel_biz_data });
  expect(webhook).toMatchObject(card);
  expect(JSON.stringify(webhook)).not.toMatch(/eci|2\.2\.0|liab/);
});

it.each([
  ['nothing', null],
  ['a text', 'JPMORGAN'],
  ['values of other types', { issuer: {}, issuer_country: ['US'], '3ds': 'Y' }],
  ['control characters', { issuer: 'a\u0000b' }],
])('reads no card from %s', (_what, channel_biz_data) => {
  const webhook = read({ api_version: 'v2', channel_biz_data });
  for (const name of Object.keys(webhook)) expect(name).not.toMatch(/^card_|^three_ds/);
});

it('reads nothing of it in a v1 webhook, which does not sign it', () => {
  for (const name of Object.keys(read({ api_version: 'v1', channel_biz_data: DEMO })))
    expect(name).not.toMatch(/^card_|^three_ds/);
});

it.each([
  ['2026-12-11T10:00:00Z', '2026-12-11T10:00:00.000Z'],
  ['2026-12-11T10:00:00.5+08:00', '2026-12-11T02:00:00.500Z'],
  ['1765447200000', '2025-12-11T10:00:00.000Z'],
  ['2026-12-11', undefined],
  ['2026-12-11T10:00:00', undefined],
  ['soon', undefined],
])('a dispute to be answered by %s has the deadline %s', (evidence_required_by, deadline) => {
  const webhook = read({
    api_version: 'v2',
    event: 'dispute_received',
    event_data: { category: 'fraudulent', evidence_required_by },
  });
  expect(webhook).toMatchObject({ event_category: 'fraudulent' });
  expect(webhook.event_deadline).toBe(deadline);
});
