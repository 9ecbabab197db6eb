import { describeOnPostgres } from '../records/databases';
import { runCells } from '../operations/batch';
import { Ground } from '../operations/ground';
import { LIVES } from '../operations/lives';
import { OPERATIONS } from '../operations/operations';

/** Some of what `npm run test:operations` does at every step: each life once, each operation some times. */

const OF_SECONDS = Object.values(LIVES).filter(({ of, recordsDown }) => of !== 'reconciliation' && !recordsDown);
/** Early and late ones: how many events the history has by then. */
const STEPS = [3, 7, 6, 9, 14];

const cells = Object.values(OPERATIONS).flatMap((operation, row) =>
  OF_SECONDS.filter((_life, column) => (row + column) % 6 === 0).map((life, index) => {
    const events = STEPS[(row + index) % STEPS.length] ?? 3;
    return { life, operation, step: { events, last: '' } };
  }),
);

const nameOf = ({ life, operation, step }: (typeof cells)[number]): string => {
  const titleIn = (all: Readonly<Record<string, unknown>>, one: unknown) =>
    Object.keys(all).find((title) => all[title] === one);
  return `${titleIn(LIVES, life)}, ${titleIn(OPERATIONS, operation)} at event ${step.events}`;
};

let ground: Ground;
// PGlite belongs to one process.
describeOnPostgres('on a worker in a process of its own', () => {
  beforeAll(async () => {
    ground = await Ground.start();
  });
  afterAll(() => ground.stop());

  it('no Cancel, Terminate, Reset or Pause ends the worker, and every pay-in comes to the end it should', async () => {
    expect(await runCells(ground, cells, nameOf)).toEqual([]);
  });
});
