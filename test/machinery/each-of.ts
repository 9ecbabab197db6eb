/** Does it for each of them, `atOnce` at a time. @returns the results, in the order in which they came */
export async function eachOf<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  // All lanes share it, and so the position.
  const waiting = items.values();
  const lane = async () => {
    for (const item of waiting) results.push(await act(item));
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}
