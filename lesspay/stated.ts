/** An object with only the members that have a value. */
export type Stated<T> = { readonly [Name in keyof T]?: T[Name] & ({} | null) };

/** A copy without the members that are undefined. */
export function stated<T extends object>(members: T): Stated<T> {
  const result: { -readonly [Name in keyof T]?: T[Name] & ({} | null) } = {};
  for (const name in members) {
    const value = members[name];
    if (value !== undefined) result[name] = value;
  }
  return result;
}

/** The members of an object; undefined for an array or a value of another type. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? Object.fromEntries(Object.entries(value)) : undefined;
}
