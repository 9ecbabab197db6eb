/** A program of Temporal's that start-up or the tests run. */
export interface TemporalProgram {
  readonly title: string;
  /** What its file is called, on `PATH` and in `.cache/<folder>/bin/`. */
  readonly file: string;
  readonly folder: string;
  /** The environment variable that names its path. */
  readonly setting: string;
  /** What `pip` knows it as, with its version. */
  readonly pipPackage: string;
  /** How the SDK starts, and so downloads, it (`TestWorkflowEnvironment` of `@temporalio/testing`). */
  readonly sdkStarter: 'createLocal' | 'createTimeSkipping';
  /** The oldest `major.minor` that will do, for one that answers `--version`. */
  readonly oldest?: readonly [major: number, minor: number];
}
