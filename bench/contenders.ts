/** What is compared (docs/bench.md). */

export const CONTENDER_NAMES = ['ours', 'ours-records', 'textbook', 'textbook-records', 'floor'] as const;
export type ContenderName = (typeof CONTENDER_NAMES)[number];

export interface Contender {
  /** Whose programs run: the product's, the textbook's, or the floor's, which has no API. */
  readonly programs: 'ours' | 'textbook' | 'floor';
  /** Is the merchant notified? */
  readonly notifies: boolean;
}

export const CONTENDERS: Readonly<Record<ContenderName, Contender>> = {
  ours: { programs: 'ours', notifies: true },
  'ours-records': { programs: 'ours', notifies: false },
  textbook: { programs: 'textbook', notifies: true },
  'textbook-records': { programs: 'textbook', notifies: false },
  floor: { programs: 'floor', notifies: false },
};

/** Which are divided by which. */
export const COMPARED: readonly (readonly [ContenderName, ContenderName])[] = [
  ['ours', 'textbook'],
  ['ours-records', 'textbook-records'],
  ['ours', 'floor'],
  ['ours-records', 'floor'],
];
