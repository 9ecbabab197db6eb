/** The stable code of an error, or its name; never its message, which may hold anything. */
export function errorType(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const codes = ['kind', 'code', 'type'].map((member): unknown => Reflect.get(error, member));
  return (
    [...codes, error.name].find((code): code is string => typeof code === 'string' && IS_CODE.test(code)) ?? 'Error'
  );
}

const IS_CODE = /^[A-Za-z][A-Za-z0-9_.-]{0,59}$/;
