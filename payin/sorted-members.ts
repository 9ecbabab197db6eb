/**
 * The members of an object by name, those of objects in it likewise: the same for the same content, in whatever order it is kept.
 * A member that is undefined is left out, as JSON does.
 */
export function sortedMembers(object: object): unknown[] {
  const members = Object.entries(object)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]: [string, unknown]) => [name, isObject(value) ? sortedMembers(value) : value] as const);
  return members.sort(([a], [b]) => (a < b ? -1 : 1));
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
