import { list } from './list';

/** The key of a development stack. Production refuses it. */
export const DEV_CARD_KEY = Buffer.from('a key that everybody can read :-)'.slice(0, 32)).toString('base64');

/** Keys of 32 bytes in base64. An error never shows one. */
export const cardSecretKeys = list('keys').transform((entries, context) =>
  entries.flatMap((entry, index) => {
    const key = Buffer.from(entry, 'base64');
    if (key.length === 32 && key.toString('base64') === entry) return [key];
    const message = `entry ${index + 1} must be 32 random bytes in base64. Make one with: openssl rand -base64 32`;
    context.addIssue({ code: 'custom', message });
    return [];
  }),
);
