/**
 * Workers that die in the middle of a call: before it was sent, or after it was answered and before the answer was
 * recorded. To the workflow both look the same, and like nothing it has a name for. (Real deaths: `npm run test:crash`.)
 */
export class WorkerDeaths {
  private readonly due = new Map<string, { readonly when: 'before' | 'after'; left: number }>();

  add(request_id: string, when: 'before' | 'after', times = 1): void {
    this.due.set(request_id, { when, left: times });
  }

  clear(request_id: string): void {
    this.due.delete(request_id);
  }

  readonly around = (request_id: string, when: 'before' | 'after'): void => {
    const due = this.due.get(request_id);
    if (due?.when !== when) return;
    due.left -= 1;
    if (due.left === 0) this.due.delete(request_id);
    throw new Error('the worker died');
  };
}
