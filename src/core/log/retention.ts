/**
 * Which files of past epochs may go, once the own epoch is open. The newest few stay for repairs and
 * for the curious, and one checkpoint a day for the last week.
 */
import type { EpochFile, Listing } from '../host/interfaces';

/** Epochs below the own one that stay whole. */
export const KEPT_EPOCHS = 7;

const DAY_MS = 24 * 60 * 60 * 1000;
const KEPT_DAYS = 7;

/**
 * `written`: when each old epoch's checkpoint was written, in milliseconds since the Unix epoch.
 * Answers what to remove, oldest first.
 */
export function retired(
  listing: Listing,
  epoch: number,
  written: ReadonlyMap<number, number>,
  now: number,
): readonly EpochFile[] {
  const newestOfDay = new Map<number, number>();
  for (const [old, at] of written) {
    const day = Math.floor(at / DAY_MS);
    if (day > Math.floor(now / DAY_MS) - KEPT_DAYS && old > (newestOfDay.get(day) ?? 0)) {
      newestOfDay.set(day, old);
    }
  }
  const keepers = new Set(newestOfDay.values());
  return listing.files
    .filter((file) => file.epoch < epoch - KEPT_EPOCHS)
    .filter(
      (file) => !(file.kind === 'checkpoint' && file.copy === 'main' && keepers.has(file.epoch)),
    )
    .sort((a, b) => a.epoch - b.epoch);
}

/** Epochs whose checkpoint's age `retired` needs. */
export function agingCheckpoints(listing: Listing, epoch: number): readonly number[] {
  return listing.files
    .filter((file) => file.kind === 'checkpoint' && file.copy === 'main')
    .map((file) => file.epoch)
    .filter((old) => old < epoch - KEPT_EPOCHS);
}
