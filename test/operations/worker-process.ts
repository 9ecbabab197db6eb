import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { SANDBOX_MERCHANT } from '../../settings';
import { TASK_QUEUE } from '../../temporal.config';
import { APP, fromSetUp, type PayinRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';

/** A worker as `npm run start:worker` runs it: a process of its own, whose death does not take the tests along. */
export class WorkerProcess {
  private process: ChildProcess | undefined;
  private words = '';
  private ended = new AbortController();

  constructor(
    private readonly rig: Pick<PayinRig, 'sandbox' | 'apiUrl'>,
    private readonly databaseUrl: string,
  ) {}

  /** @throws Error when it does not come up */
  async start(): Promise<void> {
    const { sandbox, apiUrl } = this.rig;
    const { name, path, secret } = SANDBOX_MERCHANT;
    const worker = spawn(process.execPath, [join(__dirname, '../../dist/worker/main.js')], {
      env: {
        PATH: process.env['PATH'],
        TEMPORAL_ADDRESS: fromSetUp('TEST_TEMPORAL_ADDRESS'),
        TEMPORAL_TASK_QUEUE: TASK_QUEUE,
        LESSPAY_BASE_URL: sandbox.url,
        LESSPAY_APP_ID: APP.appId,
        LESSPAY_APP_SECRET: APP.appSecret,
        PUBLIC_URL: apiUrl,
        DATABASE_URL: this.databaseUrl,
        NOTIFY_ENDPOINTS: `${name}=${sandbox.url}${path}`,
        NOTIFY_SECRETS: `${name}=${secret}`,
        NOTIFY_PRIVATE: name,
        SHUTDOWN_GRACE_MS: '0',
      },
    });
    const ended = new AbortController();
    worker.once('exit', () => ended.abort());
    this.process = worker;
    this.ended = ended;
    this.words = '';
    for (const output of [worker.stdout, worker.stderr])
      output.on('data', (text: Buffer) => (this.words = (this.words + text.toString()).slice(-20_000)));
    const runs = () => this.death !== undefined || this.words.includes('worker runs');
    await waitFor(runs, { what: "the worker's start" });
    if (this.death !== undefined) throw new Error(`the worker does not start: ${this.death}`);
  }

  /** How it ended by itself, with its last words; undefined while it lives. */
  get death(): string | undefined {
    const { exitCode = null, signalCode = null } = this.process ?? {};
    if (exitCode === null && signalCode === null) return undefined;
    return `${signalCode ?? `exit code ${exitCode}`}: ${
      this.words
        .split('\n')
        .findLast((line) => /error|corrupt|fatal/i.test(line))
        ?.slice(0, 300) ?? this.words.slice(-300)
    }`;
  }

  /** Aborted when it has ended. */
  get gone(): AbortSignal {
    return this.ended.signal;
  }

  async stop(): Promise<void> {
    if (!this.process || this.death !== undefined) return;
    this.process.kill('SIGKILL');
    await once(this.process, 'exit');
    this.process = undefined;
  }
}
