import assert from 'node:assert/strict';
import type { EpochFile, Listing } from '../../../../src/core/host/interfaces';
import { agingCheckpoints, KEPT_EPOCHS, retired } from '../../../../src/core/log/retention';

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW = 100 * DAY_MS + 5000;

function filesOf(epoch: number): readonly EpochFile[] {
  return [
    { kind: 'lock', epoch },
    { kind: 'journal', epoch, copy: 'a' },
    { kind: 'journal', epoch, copy: 'b' },
    { kind: 'checkpoint', epoch, copy: 'main' },
    { kind: 'checkpoint', epoch, copy: 'bak' },
  ];
}

function folder(highest: number): Listing {
  const files = Array.from({ length: highest }, (_, index) => filesOf(index + 1)).flat();
  return { files, highest, claims: [] };
}

describe('which files of past epochs go', () => {
  it('keeps the newest epochs whole', () => {
    assert.deepEqual(retired(folder(KEPT_EPOCHS + 1), KEPT_EPOCHS + 1, new Map(), NOW), []);
  });

  it('keeps the last checkpoint of each of the last seven days, and nothing older', () => {
    const listing = folder(30);
    const aging = agingCheckpoints(listing, 30);
    assert.deepEqual(
      aging,
      Array.from({ length: 30 - KEPT_EPOCHS - 1 }, (_, index) => index + 1),
    );
    // Two epochs a day, the newest today.
    const written = new Map(
      aging.map((epoch) => [epoch, NOW - Math.floor((22 - epoch) / 2) * DAY_MS]),
    );
    const removed = retired(listing, 30, written, NOW);
    const gone = new Set(removed.map((file) => JSON.stringify(file)));
    const kept = listing.files
      .filter((file) => file.epoch < 30 - KEPT_EPOCHS && !gone.has(JSON.stringify(file)))
      .map(({ kind, epoch }) => `${kind} ${epoch}`);
    assert.deepEqual(
      kept,
      [10, 12, 14, 16, 18, 20, 22].map((epoch) => `checkpoint ${epoch}`),
    );
  });

  it('removes the oldest first, so that an interruption leaves no newer epoch half there', () => {
    const epochs = retired(folder(12), 12, new Map(), NOW).map(({ epoch }) => epoch);
    assert.deepEqual(
      epochs,
      [...epochs].sort((a, b) => a - b),
    );
    assert.equal(epochs.length, 4 * 5);
  });
});
