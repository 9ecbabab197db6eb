import { CancellationScope } from '@temporalio/workflow';

/**
 * An ordinary activity that is under way while the loop does other things. Its end changes nothing by itself: the loop
 * sees it when it next looks, and takes up the result.
 */
export class Errand<Result> {
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

  /** Asks for its end; whether that is awaited is the activity's own `cancellationType`. */
  cancel(): void {
    this.scope.cancel();
  }

  /** What came of it. @throws the activity's failure, and an Error while it is under way */
  get result(): Result {
    if (!this.end) throw new Error('it is still under way');
    if ('error' in this.end) throw this.end.error;
    return this.end.value;
  }
}
