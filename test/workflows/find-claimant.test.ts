import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createUnmatchedActivities, type UnmatchedActivitiesDeps } from '../../activities/unmatched-order';
import type { UnmatchedActivities } from '../../workflows/unmatched/activities';
import { LesspayError } from '../../lesspay/errors';
import { RecordsUnavailableError } from '../../records/errors';
import type { PayinRecord } from '../../records/payin-record';
import type { Claimant } from '../../workflows/unmatched/messages';
import { knownRecord } from '../records/payin-writes';

/** Whose order it is, by what Temporal, the order records and Lesspay say, and by which of them can't be asked. */

interface Answers {
  readonly listed?: string | Error;
  readonly recorded?: PayinRecord | Error;
  readonly lesspay?: { readonly request_id?: string; readonly status: string } | Error;
  readonly runs?: readonly string[];
}

const orThrow = <Answer>(answer: Answer | Error): Promise<Answer> =>
  answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);

function activities({ listed, recorded, lesspay, runs = [] }: Answers, asked: number[] = []): UnmatchedActivities {
  const deps: UnmatchedActivitiesDeps = {
    payins: {
      ofOrder: () => orThrow(listed),
      isKnown: (request_id) => Promise.resolve(runs.includes(request_id)),
      receive: () => Promise.resolve(),
    },
    records: {
      find: () => orThrow<PayinRecord | undefined>(undefined),
      findByPayOrderId: () => orThrow(recorded),
    },
    lesspay: {
      queryOrder({ start_time }) {
        asked.push(start_time);
        return orThrow(lesspay);
      },
    },
    isOurs: (request_id) => request_id.startsWith('ours-'),
    now: () => 1_800_000_000_000,
  };
  return createUnmatchedActivities(deps);
}

const QUESTION = { pay_order_id: 'P1', around: [1_800_000_000_000, 1_799_000_000_000] };

function find({ findClaimant }: UnmatchedActivities): Promise<Claimant> {
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  return environment.run<[typeof QUESTION], Claimant, UnmatchedActivities['findClaimant']>(findClaimant, QUESTION);
}

const DOWN = new RecordsUnavailableError('a test', new Error('down'));
const recorded = knownRecord('recorded');
const ours = (request_id: string) => ({ whose: 'ours', request_id });

it.each<[what: string, answers: Answers, claimant: Claimant | object]>([
  ["Temporal's list knows it", { listed: 'a', recorded: DOWN, lesspay: DOWN }, ours('a')],
  ['the records do, and the list is down', { listed: DOWN, recorded, lesspay: DOWN }, ours('recorded')],
  [
    'only Lesspay can tell',
    { listed: DOWN, recorded: DOWN, lesspay: { request_id: 'ours-1', status: 'PAID' } },
    ours('ours-1'),
  ],
  [
    'it begins like none of ours, and runs',
    { lesspay: { request_id: 'old', status: 'PAID' }, runs: ['old'] },
    ours('old'),
  ],
  [
    'it is another shop’s',
    { lesspay: { request_id: 'x', status: 'PAID' } },
    { whose: 'another_shop', request_id: 'x' },
  ],
  ['Lesspay names no request_id', { lesspay: { status: 'PAID' } }, { whose: 'nobody', status: 'PAID' }],
  [
    'what it names can’t be one',
    { lesspay: { request_id: 'a b', status: 'PAID' } },
    { whose: 'nobody', status: 'PAID' },
  ],
  ['nobody knows it', {}, { whose: 'nobody' }],
])('%s', async (_, answers, claimant) => {
  expect(await find(activities(answers))).toEqual(claimant);
});

it.each<[what: string, answers: Answers]>([
  ['the list', { listed: DOWN }],
  ['the records', { recorded: DOWN }],
  ['Lesspay', { lesspay: new LesspayError('timeout', 'did_not', 'no answer') }],
])('is asked again, and nobody said to be unknown, while %s can not be asked', async (_, answers) => {
  await expect(find(activities(answers))).rejects.toThrow(/down|no answer/);
});

it('asks Lesspay around each instant, until it is found', async () => {
  const asked: number[] = [];
  await find(activities({}, asked));
  expect(asked).toHaveLength(2);
  const once: number[] = [];
  await find(activities({ lesspay: { status: 'PAID' } }, once));
  expect(once).toHaveLength(1);
});

it('two look at once on a worker, others come back in a moment', async () => {
  let letThrough = () => {};
  const gate = new Promise<undefined>((resolve) => (letThrough = () => resolve(undefined)));
  const busy = createUnmatchedActivities({
    payins: { ofOrder: () => gate, isKnown: () => Promise.resolve(false), receive: () => Promise.resolve() },
    records: { find: () => Promise.resolve(undefined), findByPayOrderId: () => Promise.resolve(undefined) },
    lesspay: { queryOrder: () => Promise.resolve(undefined) },
    isOurs: () => true,
    now: () => 1_800_000_000_000,
  });
  const first = [find(busy), find(busy)];
  const third = find(busy).catch((error: unknown) => error);
  letThrough();
  expect(await third).toMatchObject({ type: 'HeldBack', nonRetryable: false });
  expect(await Promise.all(first)).toEqual([{ whose: 'nobody' }, { whose: 'nobody' }]);
  expect(await find(busy)).toEqual({ whose: 'nobody' });
});
