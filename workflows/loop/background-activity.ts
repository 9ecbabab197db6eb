import { CancellationScope } from '@temporalio/workflow';

/**
 * An ordinary activity that runs while the loop does other things. Its end changes nothing by itself: the loop checks
 * `ended`, and then uses `result`.
 */
export class BackgroundActivity<Result> {
  private end: { readonly value: Result } | { readonly error: unknown } | undefined;
  private readonly scope = new CancellationScope();

  constructor(call: () => Promise<Result>) {
    this.scope.run(call).then(
      (value) => (this.end = { value }),
      (error: unknown) => (this.end = { error }),
    );
  }

  get ended(): boolean {
    return this.end !== undefined;
  }

  /** Requests cancellation. The activity's `cancellationType` decides when it then counts as ended. */
  cancel(): void {
    this.scope.cancel();
  }

  /** @throws the activity's failure, or an Error if it has not ended */
  get result(): Result {
    if (!this.end) throw new Error('the activity has not ended');
    if ('error' in this.end) throw this.end.error;
    return this.end.value;
  }
}
