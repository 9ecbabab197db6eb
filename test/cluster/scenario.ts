import type { ClusterOptions } from './cluster';

/** One row of the table of results. */
export interface Line {
  readonly name: string;
  readonly figures: Readonly<Record<string, string | number>>;
  /** Whatever must not be; none: it passed. */
  readonly problems: readonly string[];
}

export interface ScenarioOptions extends Pick<ClusterOptions, 'log' | 'folder'> {
  /** Pay-ins a second. */
  readonly rate: number;
  /** How late something may be after what was killed is back, ms. */
  readonly bound_ms: number;
  /** Some cases alone: what their names contain. */
  readonly only: string | undefined;
}

/** A proof on a cluster of its own. */
export type Scenario = (options: ScenarioOptions) => Promise<readonly Line[]>;

export const seconds = (ms = 0): string => (ms / 1_000).toFixed(1);
