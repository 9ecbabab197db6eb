import { z } from 'zod';

/** Entries with commas between them, none of them empty. */
export const list = (what: string) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine(
      (parts) => parts.every((part) => part !== ''),
      `must be a comma-separated list of ${what}, without empty entries`,
    );
