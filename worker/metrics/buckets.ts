const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400];

/** From a call within a second to a pay-in that is watched for more than a week. */
const UP_TO_WEEKS = [5, 15, 30, MINUTE, 120, 300, 600, 1_200, 1_800, HOUR, 7_200, 14_400, 43_200, DAY];
const BEYOND_A_DAY = [2 * DAY, 4 * DAY, 7 * DAY, 8 * DAY, 15 * DAY, 30 * DAY];

/**
 * The upper bounds of the buckets, in seconds, by the name without prefix and unit. The SDK's own bounds for a whole workflow
 * end at 24 hours, but a pay-in is watched for 7 days, and with a long lifetime for more.
 */
export const BUCKETS: Record<string, number[]> = {
  workflow_endtoend_latency: [0.5, 1, ...UP_TO_WEEKS, ...BEYOND_A_DAY],
  payin_time_to_outcome: [...UP_TO_WEEKS, ...BEYOND_A_DAY],
  payin_record_lag: [0.05, 0.1, 0.25, 0.5, 1, ...UP_TO_WEEKS],
  notification_lag: [0.05, 0.1, 0.25, 0.5, 1, ...UP_TO_WEEKS, 2 * DAY, 3 * DAY, 4 * DAY],
  lesspay_call_duration: [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 15, 30, 35],
};
