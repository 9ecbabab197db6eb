import fc from 'fast-check';
import { DEFAULT_POLL_SCHEDULE, nextPoll, pollTimes, watchUntil } from '../../payin/poll-schedule';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const halfHour = { ordered_at: 0, expires_at: 30 * MINUTE };
const schedule = DEFAULT_POLL_SCHEDULE;

const inMinutes = (times: number[]) => times.map((at) => at / MINUTE);

describe('the default schedule of an order that lives half an hour', () => {
  const times = [...pollTimes(schedule, halfHour)];

  it('doubles from 30 s to 5 min while it can be paid, then asks a minute after its end', () => {
    expect(inMinutes(times.slice(0, 10))).toEqual([0.5, 1.5, 3.5, 7.5, 12.5, 17.5, 22.5, 27.5, 31, 36]);
  });

  it('doubles from 5 min to an hour until a day after its end', () => {
    expect(inMinutes(times.slice(9, 15))).toEqual([36, 46, 66, 106, 166, 226]);
    const day = times.filter((at) => at > 4 * HOUR && at < halfHour.expires_at + DAY);
    expect(new Set(day.slice(1).map((at, index) => at - (day[index] ?? 0)))).toEqual(new Set([HOUR]));
  });

  it('then asks every 6 hours, and at the end of the 7 days', () => {
    const late = times.filter((at) => at > halfHour.expires_at + DAY);
    expect((late[1] ?? 0) - (late[0] ?? 0)).toBe(6 * HOUR);
    expect(times.at(-1)).toBe(7 * DAY);
  });
});

const lifetimes = fc
  .tuple(fc.nat(2 ** 31), fc.integer({ min: MINUTE, max: 14 * DAY }))
  .map(([ordered_at, lives]) => ({ ordered_at, expires_at: ordered_at + lives }));

it('never stands still, never leaves a gap over 6 hours, and ends with the watch window', () => {
  fc.assert(
    fc.property(lifetimes, (lifetime) => {
      const times = [lifetime.ordered_at, ...pollTimes(schedule, lifetime)];
      const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
      const last = times.at(-1);
      expect(gaps.filter((gap) => gap <= 0 || gap > 6 * HOUR)).toEqual([]);
      expect(last).toBe(watchUntil(schedule, lifetime));
      expect(last).toBeGreaterThanOrEqual(lifetime.expires_at + DAY);
    }),
    { numRuns: 20 },
  );
});

it('polls once for each instant, moved by at most a tenth of its gap, whatever the jitter', () => {
  fc.assert(
    fc.property(lifetimes, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (lifetime, random) => {
      const planned = [...pollTimes(schedule, lifetime)].slice(0, 60);
      let after = lifetime.ordered_at;
      let now = lifetime.ordered_at;
      const wrong = planned.filter((instant) => {
        const { planned_at, at } = nextPoll(schedule, lifetime, after, now, random) ?? { planned_at: 0, at: 0 };
        const isMoved = Math.abs(at - instant) > (instant - after) * 0.1 + 1;
        now = at;
        after = instant;
        return planned_at !== instant || isMoved;
      });
      expect(wrong).toEqual([]);
    }),
    { numRuns: 20 },
  );
});

it('does not make up for instants that went by while nobody could ask', () => {
  expect(nextPoll(schedule, halfHour, 0.5 * MINUTE, 3 * HOUR, 0.5)?.planned_at).toBe(226 * MINUTE);
});

it('asks at the end of the window even when that went by, and then no more', () => {
  expect(nextPoll(schedule, halfHour, DAY, 30 * DAY, 0)).toEqual({ planned_at: 7 * DAY, at: 7 * DAY });
  expect(nextPoll(schedule, halfHour, 7 * DAY, 7 * DAY, 0)).toBeUndefined();
});
