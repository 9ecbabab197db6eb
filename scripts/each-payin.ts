/** One thing done to many pay-ins. */
export interface EachOutcome {
  readonly done: number;
  readonly failed: readonly { readonly request_id: string; readonly why: string }[];
  /** Not begun, since it was broken off. */
  readonly left: number;
}

export interface EachOptions {
  /** So many at a time. */
  readonly atOnce: number;
  /** Once it is aborted none is begun any more; those under way are waited for. */
  readonly signal: AbortSignal;
  readonly onEach: () => void;
  /** What went wrong, in words. */
  readonly inWords: (error: unknown) => string;
}

/** Does it to each; one that fails keeps none of the others from it. */
export async function eachPayin<Payin extends { readonly request_id: string }>(
  payins: readonly Payin[],
  act: (payin: Payin) => Promise<unknown>,
  { atOnce, signal, onEach, inWords }: EachOptions,
): Promise<EachOutcome> {
  const failed: { request_id: string; why: string }[] = [];
  let done = 0;
  const waiting = payins.values();
  const worker = async () => {
    while (!signal.aborted) {
      const { value: payin, done: isEmpty } = waiting.next();
      if (isEmpty) return;
      try {
        await act(payin);
        done += 1;
      } catch (error) {
        failed.push({ request_id: payin.request_id, why: inWords(error) });
      }
      onEach();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { done, failed, left: payins.length - done - failed.length };
}
