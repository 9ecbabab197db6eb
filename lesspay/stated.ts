/** An object with only the members that have a value. */
export type Stated<T> = { readonly [Name in keyof T]?: T[Name] & ({} | null) };

/** Leaves out what is undefined, so that an absent member is absent. */
export function stated<T extends object>(members: T): Stated<T> {
  const result: { -readonly [Name in keyof T]?: T[Name] & ({} | null) } = {};
  for (const name in members) {
    const value = members[name];
    if (value !== undefined) result[name] = value;
  }
  return result;
}

/** The members of a plain object; undefined for anything else. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? Object.fromEntries(Object.entries(value)) : undefined;
}
