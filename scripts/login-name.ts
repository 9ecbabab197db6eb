import { userInfo } from 'node:os';

/** The user's login name, for the audit trail. In a container the user often has no name: then its number. */
export function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
