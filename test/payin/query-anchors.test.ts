import fc from 'fast-check';
import { queryWindow } from '../../payin/query-window';
import { queryAnchors } from '../../payin/query-anchors';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

it('looks an order up wherever it may be, by windows of at most 7 days, the newest first', () => {
  const span = fc.tuple(
    fc.integer({ min: 1.7e12, max: 2e12 }),
    fc.nat(100 * DAY),
    fc.double({ min: 0, max: 1, noNaN: true }),
  );
  fc.assert(
    fc.property(span, fc.integer({ min: -12, max: 12 }), ([from, length, share], skew) => {
      const to = from + length;
      const anchors = queryAnchors(from, to);
      expect([...anchors].sort((a, b) => b - a)).toEqual(anchors);
      const windows = anchors.map((anchor) => queryWindow(anchor, to + 2 * DAY));
      for (const { start_time, end_time } of windows) expect(end_time - start_time).toBeLessThanOrEqual(7 * DAY);
      const born = from + share * length + skew * HOUR;
      expect(windows.some(({ start_time, end_time }) => start_time <= born && born <= end_time)).toBe(true);
    }),
  );
});

it('asks once where the instant is known', () => expect(queryAnchors(5, 5)).toEqual([5]));

it('asks once also where the end is before the start', () => expect(queryAnchors(5, 4)).toEqual([5]));
