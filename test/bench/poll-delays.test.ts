import { msToTs } from '@temporalio/common/lib/time';
import { type Event, pollDelays } from '../../bench/growth/poll-delays';

const at = (seconds: number) => msToTs(seconds * 1_000);
/** Of the server's type for large numbers. */
const id = (number: number) => at(number).seconds ?? null;

const events: Event[] = [
  {
    eventId: id(5),
    eventTime: at(100),
    timerStartedEventAttributes: { timerId: '1', startToFireTimeout: at(30) },
  },
  {
    eventId: id(6),
    eventTime: at(131),
    timerFiredEventAttributes: { timerId: '1', startedEventId: id(5) },
  },
  { eventId: id(7), eventTime: at(131), workflowTaskScheduledEventAttributes: {} },
  { eventId: id(8), eventTime: at(133), workflowTaskCompletedEventAttributes: {} },
];

it('counts from the instant for which a timer was set to the end of the next workflow task', () => {
  expect(pollDelays(events, 120_000)).toEqual([3_000]);
});

it('leaves out what was due before, and what is not done yet', () => {
  expect(pollDelays(events, 131_000)).toEqual([]);
  expect(pollDelays(events.slice(0, 3), 120_000)).toEqual([]);
});
