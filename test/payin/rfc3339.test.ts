import * as fc from 'fast-check';
import { instantOf, rfc3339 } from '../../payin/rfc3339';

describe('an instant that a person wrote', () => {
  it.each([
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['2026-11-01T10:00:00Z', '2026-11-01T10:00:00.000Z'],
    ['2026-11-01t10:00:00z', '2026-11-01T10:00:00.000Z'],
    ['2026-11-01T10:00:00.5+02:00', '2026-11-01T08:00:00.500Z'],
  ])('%s is %s', (text, instant) => {
    expect(rfc3339(instantOf(text) ?? 0)).toBe(instant);
  });

  it.each([
    '',
    '01.11.2026',
    '11/01/2026',
    '2026-11',
    '2026-1-1',
    '20261101',
    '2026-02-29',
    '2026-02-30',
    '2026-13-01',
    '2026-11-01T10:00:00',
    '2026-11-01T10:00Z',
    '2026-11-01 10:00:00Z',
    '2026-02-30T10:00:00Z',
    '2026-11-01T25:00:00Z',
    '2026-11-01T10:00:00+99:99',
    'Sun, 01 Nov 2026 00:00:00 GMT',
    '1793491200000',
    'yesterday',
  ])('%j is none', (text) => {
    expect(instantOf(text)).toBeUndefined();
  });

  it('is read as it was written, whatever it is', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        expect(instantOf(date.toISOString())).toBe(date.getTime());
      }),
    );
  });
});
