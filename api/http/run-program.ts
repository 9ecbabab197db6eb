import { SettingsError } from '../../settings';

/**
 * Runs a program. What it fails with goes to stderr, for a person, and its exit code is 1.
 * @param ports the names of the settings of the ports on which it listens, for the remedy
 */
export function runProgram(main: () => Promise<void>, ports: string): void {
  main().catch((error: unknown) => {
    process.stderr.write(`${explain(error, ports)}\n`);
    process.exitCode = 1;
  });
}

function explain(error: unknown, ports: string): string {
  if (error instanceof SettingsError) return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
    return `${error.message}. Stop the program that listens on this port, or set ${ports} to another port.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
