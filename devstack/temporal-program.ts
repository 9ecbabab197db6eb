/** A program of Temporal that `npm start` or the tests run. */
export interface TemporalProgram {
  readonly title: string;
  /** The name of its file, on `PATH` and in `.cache/<folder>/bin/`. */
  readonly file: string;
  readonly folder: string;
  /** The environment variable for its path. */
  readonly setting: string;
  /** The pip package, with its version. */
  readonly pipPackage: string;
  /** The function of `TestWorkflowEnvironment` (`@temporalio/testing`) that downloads and starts it. */
  readonly sdkStarter: 'createLocal' | 'createTimeSkipping';
  /** The oldest `major.minor` that is usable. Absent for a program without `--version`. */
  readonly oldest?: readonly [major: number, minor: number];
}
