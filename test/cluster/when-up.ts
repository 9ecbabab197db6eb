import type { LeashedProgram } from '../../devstack/leashed-program';
import { waitFor } from '../machinery/wait-for';

/** @returns the program when it is up; one that does not come up is ended. @throws what `isUp` throws */
export async function whenUp(
  program: LeashedProgram,
  isUp: () => boolean | Promise<boolean>,
  name: string,
): Promise<LeashedProgram> {
  try {
    await waitFor(isUp, { what: `the start of ${name}`, restMs: 100 });
    return program;
  } catch (error) {
    await program.stop();
    throw error;
  }
}
