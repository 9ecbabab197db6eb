import { z } from 'zod';

/** The parts whose CPU and memory are measured: each is a process with its children; there may be several workers. */
export const PARTS = ['temporal', 'restate', 'worker', 'api', 'postgres', 'sandbox', 'driver'] as const;
export type Part = (typeof PARTS)[number];

/** What the driver is told, as JSON in its first argument. */
export const plan = z.object({
  /** Absent for the peers without Temporal. */
  temporal_address: z.string().optional(),
  /** Absent for the floor, which is started and paid through Temporal. */
  http: z.object({ api_url: z.url(), sandbox_url: z.url(), api_key: z.string() }).optional(),
  /** Is the merchant notified of each pay-in's outcome? */
  notifies: z.boolean(),
  /** Of every part but the driver. */
  pids: z.partialRecord(z.enum(PARTS), z.array(z.int()).readonly()),
  /** So many pay-ins come first, and are not measured. */
  warm_up: z.int(),
  /** How many pay-ins the closed loop makes, and how many of them are in flight. */
  payins: z.int(),
  in_flight: z.int(),
  /** How many pay-ins an open loop makes, and how many of them a second: one loop for each rate. 0: there is none. */
  arrivals: z.int(),
  rates: z.array(z.number()).readonly(),
  /** Where the driver writes what it measured. */
  result_file: z.string(),
});
export type Plan = z.output<typeof plan>;

const loopResult = z.object({
  /** From the first start to the last outcome or notification. */
  seconds: z.number(),
  /** CPU time of each part, ms. */
  cpu_ms: z.partialRecord(z.enum(PARTS), z.number()),
  /** The share of the machine's CPU time that other programs used, 0 to 1. */
  others: z.number(),
  /** Notifications that came although the merchant had taken them. */
  repeated: z.int(),
  payins: z.array(
    z.object({
      request_id: z.string(),
      /** From the intended start to the 201, ms. */
      started_ms: z.number(),
      /** When the payer meant to pay, epoch ms. The latencies below begin there. */
      paid_at: z.number(),
      outcome_ms: z.number(),
      notified_ms: z.number().optional(),
    }),
  ),
});
export type LoopResult = z.output<typeof loopResult>;

/** What the driver measured, as JSON in the plan's `result_file`. */
export const driven = z.object({
  closed: loopResult,
  open: z.array(loopResult.extend({ rate: z.number() })),
  /** Of each part at the end, MiB. */
  peak_mib: z.partialRecord(z.enum(PARTS), z.number()),
});
export type Driven = z.output<typeof driven>;
