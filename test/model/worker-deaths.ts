/**
 * Workers that die in the middle of a call to Lesspay: before it was sent, or after it was answered and before the answer
 * was recorded. To the workflow both look the same, and like nothing it has a name for. (Real deaths: `npm run test:crash`.)
 */
export class WorkerDeaths {
  private readonly due = new Map<string, 'before' | 'after'>();

  add(request_id: string, when: 'before' | 'after'): void {
    this.due.set(request_id, when);
  }

  clear(request_id: string): void {
    this.due.delete(request_id);
  }

  readonly around = (request_id: string, when: 'before' | 'after'): void => {
    if (this.due.get(request_id) !== when) return;
    this.due.delete(request_id);
    throw new Error('the worker died');
  };
}
