/** Does something for each, at most this many at once. Errors: the first; others go on meanwhile. */
export async function eachConcurrently<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: Math.min(atOnce, items.length) }, async () => {
      for (const item of waiting) {
        await work(item);
      }
    }),
  );
}
