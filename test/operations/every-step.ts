import { type Cell, undisturbed } from './cell';
import { Ground } from './ground';
import { LIVES } from './lives';
import { OPERATIONS } from './operations';
import { runCells } from './batch';
import { type Step, stepsOf } from './steps';

/**
 * Not part of `npm test`: `npm run test:operations` does everything that an operator can do to a run at every step of
 * every life of one, on a worker process, which has to live. `-- -t 'no webhook comes: Cancel'` for some of it.
 */

let ground: Ground;
beforeAll(async () => {
  ground = await Ground.start();
});
afterAll(() => ground.stop());

const stepName = ({ step }: Cell): string => `at event ${step.events}, ${step.last}`;

describe.each(Object.entries(LIVES))('%s', (_name, life) => {
  let steps: Step[];
  const theSteps = async () => {
    if (life.recordsDown) ground.database.close();
    try {
      steps ??= stepsOf(await undisturbed(ground, life));
    } finally {
      if (life.recordsDown) await ground.database.open();
    }
    return steps;
  };

  it.each(Object.entries(OPERATIONS))(
    ': %s',
    async (_title, operation) => {
      const cells = (await theSteps()).map((step) => ({ life, operation, step }));
      expect(await runCells(ground, cells, stepName)).toEqual([]);
    },
    900_000,
  );
});
