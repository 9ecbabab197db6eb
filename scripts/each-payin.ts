/** The outcome of one action on many pay-ins. */
export interface EachOutcome {
  readonly done: number;
  readonly failed: readonly { readonly request_id: string; readonly why: string }[];
  /** How many were not started because of the abort. */
  readonly left: number;
}

export interface EachOptions {
  /** The largest number of pay-ins at the same time. */
  readonly atOnce: number;
  /** After an abort no other pay-in is started; those already started are waited for. */
  readonly signal: AbortSignal;
  readonly onEach: () => void;
  /** An error as a text for a person. */
  readonly inWords: (error: unknown) => string;
}

/** Calls `act` for each pay-in. A failure does not stop the others. */
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
