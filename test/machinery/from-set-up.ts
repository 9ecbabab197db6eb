/** An environment variable that jest's global set-up makes. */
export function fromSetUp(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run through jest, whose global set-up sets it`);
  return value;
}
