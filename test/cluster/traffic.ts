import { setTimeout as sleep } from 'node:timers/promises';
import { type Answered, pay, startPayin } from '../crash/merchant';
import { eachOf } from '../machinery/each-of';
import type { Cluster } from './cluster';

/** How many calls are made at a time, where a number of them is due at once. */
export const AT_ONCE = 20;

/** One pay-in, as its merchant and its payer saw it. Times are epoch ms. */
export interface PayinStory {
  readonly request_id: string;
  /** When its first POST was sent. */
  readonly posted_at: number;
  /** When a POST was answered for good, and how. */
  readonly answered_at?: number;
  readonly answered?: Answered;
  /** When the payer had paid. */
  readonly paid_at?: number;
}

/** While it happens. */
type Story = { -readonly [Member in keyof PayinStory]: PayinStory[Member] };

export interface TrafficOptions {
  /** Pay-ins a second. */
  readonly rate: number;
  /** What the request_ids begin with. */
  readonly prefix: string;
  /** How long the payer of the nth pay-in thinks, ms; undefined: pays later, by `payRest`. */
  readonly thinks: (index: number) => number | undefined;
}

/** Merchants start pay-ins evenly, whatever dies meanwhile, and payers pay. */
export class Traffic {
  private readonly stories: Story[] = [];
  private readonly running = new Set<Promise<void>>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly cluster: Pick<Cluster, 'apiUrl' | 'sandboxUrl'>,
    private readonly options: TrafficOptions,
  ) {
    this.timer = setInterval(() => this.begin(), 1_000 / options.rate);
  }

  /** As far as they went. */
  soFar(): readonly PayinStory[] {
    return this.stories;
  }

  /** Starts no more, and waits until those that began were answered, and were paid unless they are paid later. */
  async stop(): Promise<readonly PayinStory[]> {
    clearInterval(this.timer);
    await Promise.all(this.running);
    return this.stories;
  }

  /** The payers of all that is not paid yet pay. */
  async payRest(): Promise<void> {
    const unpaid = this.stories.filter(({ paid_at }) => paid_at === undefined);
    await eachOf(unpaid, AT_ONCE, async (story) => {
      await pay(this.cluster.sandboxUrl, story.request_id);
      story.paid_at = Date.now();
    });
  }

  private begin(): void {
    const index = this.stories.length;
    const request_id = `${this.options.prefix}-${String(index + 1).padStart(4, '0')}`;
    const story: Story = { request_id, posted_at: Date.now() };
    this.stories.push(story);
    const life = this.live(story, this.options.thinks(index)).finally(() => this.running.delete(life));
    this.running.add(life);
  }

  private async live(story: Story, thinks: number | undefined): Promise<void> {
    const answered = await startPayin(this.cluster.apiUrl, story.request_id);
    story.answered_at = Date.now();
    if (!answered) return;
    story.answered = answered;
    if (thinks === undefined) return;
    await sleep(thinks);
    await pay(this.cluster.sandboxUrl, story.request_id);
    story.paid_at = Date.now();
  }
}
