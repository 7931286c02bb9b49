/** Recovery in steps: which epochs are read, what was read so far, and what it comes to. */
import type { Recovery } from '../../../src/core/election/types';
import type { Listing, EpochFile } from '../../../src/core/host/interfaces';
import type { CopyName } from '../../../src/core/log/replay';
import { judge } from './content';
import { reached } from './reached';
import type { EpochFiles, FileRef, Memory, Scan, Text } from './world';

export const COPIES: readonly CopyName[] = ['main', 'bak', 'a', 'b'];

const listings = new WeakMap<readonly EpochFiles[], Listing>();

/** One directory listing. */
export function list(files: readonly EpochFiles[]): Listing {
  let listing = listings.get(files);
  if (listing === undefined) {
    const found = files.flatMap((some, index) => namesOf(some, index + 1));
    listing = { files: found, highest: Math.max(0, ...found.map((f) => f.epoch)), claims: [] };
    listings.set(files, listing);
  }
  return listing;
}

function namesOf(files: EpochFiles, epoch: number): EpochFile[] {
  const names: EpochFile[] = files.lock !== null ? [{ kind: 'lock', epoch }] : [];
  for (const copy of COPIES) {
    if (files[copy] !== null) {
      names.push(
        copy === 'a' || copy === 'b'
          ? { kind: 'journal', epoch, copy }
          : { kind: 'checkpoint', epoch, copy },
      );
    }
  }
  return names;
}

export interface Found {
  readonly recovery: Recovery<Memory>;
  readonly damaged: readonly FileRef[];
}

/** The numbers below `epoch` in a listing, highest first. */
export function beginScan(listing: Listing, epoch: number): Scan {
  const below = [...new Set(listing.files.map((file) => file.epoch))]
    .filter((other) => other < epoch)
    .sort((x, y) => y - x);
  return { below, got: {}, damaged: [] };
}

/** The next scan, or the end of it, once a copy has been read. */
export function withRead(
  scan: Scan,
  copy: CopyName,
  text: Text,
  old: boolean,
  clients: number,
): Scan | Found {
  const got: Scan['got'] = { ...scan.got, [copy]: text };
  const { main, bak, a, b } = got;
  const [epoch] = scan.below;
  if (epoch === undefined) {
    throw new Error('There is nothing left to read.');
  }
  if (main === undefined || bak === undefined || a === undefined || b === undefined) {
    return { ...scan, got: inOrder(got) };
  }
  const verdict = judge(epoch, { main, bak, a, b }, old, clients);
  if (verdict.kind === 'damaged' || (verdict.kind === 'base' && verdict.gap)) {
    reached.add('suspect');
  }
  const refs = 'damaged' in verdict ? verdict.damaged.map((each) => ({ epoch, copy: each })) : [];
  const damaged = [...scan.damaged, ...refs];
  switch (verdict.kind) {
    case 'newer':
      return { recovery: { kind: 'newer' }, damaged: [] };
    case 'base':
      return { recovery: { kind: 'base', base: verdict.memory }, damaged };
    case 'unopened':
    case 'damaged':
      return finished({ below: scan.below.slice(1), got: {}, damaged }, clients);
  }
}

/** A scan with nothing left to read found an empty folder. */
export function finished(scan: Scan, clients: number): Scan | Found {
  const ports = Array.from({ length: clients }, () => 0);
  return scan.below.length > 0
    ? scan
    : { recovery: { kind: 'base', base: { seq: 0, ports } }, damaged: scan.damaged };
}

/** What a recovery that nobody disturbs would find now. */
export function recoverAtOnce(files: readonly EpochFiles[], clients: number): Recovery<Memory> {
  let scan = finished(beginScan(list(files), files.length + 1), clients);
  while (!('recovery' in scan)) {
    const now = files[(scan.below[0] ?? 0) - 1];
    const copy: CopyName | undefined = COPIES.find(
      (each) => !('recovery' in scan) && !(each in scan.got),
    );
    if (now === undefined || copy === undefined) {
      throw new Error('A recovery reads what is not there.');
    }
    scan = withRead(scan, copy, now[copy], false, clients);
  }
  return scan.recovery;
}

/** Read in another order, the same copies are the same state of the exploration. */
function inOrder(got: Scan['got']): Scan['got'] {
  return Object.fromEntries(COPIES.filter((copy) => copy in got).map((copy) => [copy, got[copy]]));
}
