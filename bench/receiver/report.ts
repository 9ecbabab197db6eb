import { markdownTable } from '../markdown-table';
import { median, quantile } from '../quantile';
import { type Kind, KINDS } from './webhooks';

/** Who receives the webhooks: the product's receiver, the product's API, or the textbook's API. */
export const TARGETS = ['ours, receiver', 'ours, API', 'textbook'] as const;
export type Target = (typeof TARGETS)[number];

/** One flood. */
export interface Measured {
  readonly target: Target;
  readonly kind: Kind;
  readonly webhooks: number;
  readonly seconds: number;
  /** Of the process that received them. */
  readonly cpu_ms: number;
  readonly health_ms: readonly number[];
}

const FIGURES: Readonly<Record<string, (flood: Measured) => number | undefined>> = {
  'webhooks/s': ({ webhooks, seconds }) => webhooks / seconds,
  'CPU µs each': ({ webhooks, cpu_ms }) => (cpu_ms * 1_000) / webhooks,
  '/healthz p99, ms': ({ health_ms }) => quantile(health_ms, 0.99),
};

/** As Markdown: medians over the rounds, and their ratios to the textbook's. */
export function receiverTables(measured: readonly Measured[]): string {
  const rows = KINDS.flatMap((kind) =>
    Object.entries(FIGURES).map(([name, figure]) => {
      const medians = TARGETS.map((target) =>
        median(
          measured.flatMap((flood) => (flood.target === target && flood.kind === kind ? (figure(flood) ?? []) : [])),
        ),
      );
      const [receiver, api, textbook] = medians;
      return [
        `${kind}: ${name}`,
        ...medians.map((value) => show(value, 0)),
        ...[receiver, api].map((value) => ratio(value, textbook)),
      ];
    }),
  );
  return markdownTable(['medians', ...TARGETS, 'receiver/textbook', 'API/textbook'], rows);
}

const ratio = (value: number | undefined, of: number | undefined): string =>
  value === undefined || !of ? '-' : show(value / of, 2);

const show = (value: number | undefined, digits: number): string => (value === undefined ? '-' : value.toFixed(digits));
