/** @param at epoch ms */
export const rfc3339 = (at: number): string => new Date(at).toISOString();
