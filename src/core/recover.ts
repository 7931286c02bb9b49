/**
 * What an epoch left behind, judged from its four copies. The rules, in order: the base is the
 * checkpoint, else its `.bak`, else line 1 of either journal; then every line above the base, each
 * from whichever journal has it intact, up to the first that neither has. A torn tail was never
 * answered. An intact line beyond a gap is damage.
 */
import { readCheckpointText, readLine, type StoredState } from './journalLine';
import type { CheckpointCopy, Digest, JournalCopy, Read } from './ports';
import { StyxyError } from './errors';
import { isStateEvent, type StateEvent } from './events';
import { apply, fromBody, type State } from './registry';

export type CopyName = CheckpointCopy | JournalCopy;
export type EpochCopies = Readonly<Record<CopyName, Read<string>>>;

export type Judged =
  | {
      readonly kind: 'base';
      readonly state: State;
      readonly seq: number;
      /** Copies that were damaged although another one had the same content. */
      readonly damaged: readonly CopyName[];
      /** Intact lines lie beyond a gap: answers are lost and something must be asked again. */
      readonly gap: boolean;
    }
  /** It never answered anything: the epoch below counts. */
  | { readonly kind: 'unopened' }
  /** It answered, but nothing of it can be read. */
  | { readonly kind: 'damaged'; readonly damaged: readonly CopyName[] }
  /** Intact, but of a newer version. */
  | { readonly kind: 'newer' };

interface Journal {
  readonly opening: StoredState | undefined;
  readonly commits: ReadonlyMap<number, readonly unknown[]>;
  /**
   * Bytes follow line 1, or a complete first line is no opening: a torn opening has no line feed, so
   * that is damage to something that may have answered.
   */
  readonly beyondOpening: boolean;
  readonly damaged: boolean;
}

export function judgeEpoch(epoch: number, copies: EpochCopies, digest: Digest): Judged {
  const journals = {
    a: readJournal(epoch, copies.a, digest),
    b: readJournal(epoch, copies.b, digest),
  };
  const checkpoints = {
    main: readCheckpoint(epoch, copies.main, digest),
    bak: readCheckpoint(epoch, copies.bak, digest),
  };
  const bases = [checkpoints.main, checkpoints.bak, journals.a.opening, journals.b.opening];
  const damaged = damagedCopies(copies, journals, checkpoints);
  for (const stored of bases) {
    const decoded = stored === undefined ? undefined : fromBody(stored.body);
    if (stored === undefined || decoded === undefined) {
      continue;
    }
    if (decoded.kind === 'newer') {
      return { kind: 'newer' };
    }
    // An intact checksum over a body that is no state was written by a faulty version: the next
    // copy may be older and good.
    if (decoded.kind === 'state') {
      return replay(decoded.state, stored.seq, [journals.a, journals.b], damaged);
    }
  }
  const opened =
    copies.main.kind === 'read' ||
    copies.bak.kind === 'read' ||
    journals.a.beyondOpening ||
    journals.b.beyondOpening;
  return opened ? { kind: 'damaged', damaged } : { kind: 'unopened' };
}

function replay(
  base: State,
  from: number,
  journals: readonly Journal[],
  damaged: readonly CopyName[],
): Judged {
  let state = base;
  let seq = from;
  let contradicted = false;
  while (!contradicted) {
    const events = journals.map((journal) => journal.commits.get(seq + 1)).find((e) => e);
    if (events === undefined) {
      break;
    }
    if (!events.every(isStateEvent)) {
      return { kind: 'newer' };
    }
    const next = applyAll(state, events);
    contradicted = next === undefined;
    state = next ?? state;
    seq += contradicted ? 0 : 1;
  }
  const gap = journals.some((journal) => [...journal.commits.keys()].some((other) => other > seq));
  return { kind: 'base', state, seq, damaged, gap };
}

/** Undefined when a line does not fit the state before it: it is not of this journal. */
function applyAll(state: State, events: readonly StateEvent[]): State | undefined {
  try {
    return events.reduce(apply, state);
  } catch (error) {
    if (error instanceof StyxyError && error.code === 'storage_corrupt') {
      return undefined;
    }
    throw error;
  }
}

function readCheckpoint(
  epoch: number,
  copy: Read<string>,
  digest: Digest,
): StoredState | undefined {
  return copy.kind === 'read' ? readCheckpointText(epoch, copy.value, digest) : undefined;
}

function readJournal(epoch: number, copy: Read<string>, digest: Digest): Journal {
  const text = copy.kind === 'read' ? copy.value : '';
  const lines = text.split('\n');
  // What follows the last line feed is a torn write, or nothing.
  const tail = lines.pop() ?? '';
  const commits = new Map<number, readonly unknown[]>();
  let opening: StoredState | undefined;
  let damaged = false;
  lines.forEach((content, index) => {
    const read = readLine(epoch, content, digest);
    if (read.kind === 'opening' && index === 0) {
      opening = read.stored;
    } else if (read.kind === 'commit' && index > 0) {
      commits.set(read.seq, read.events);
    } else {
      damaged = true;
    }
  });
  return {
    opening,
    commits,
    beyondOpening:
      lines.length > 1 || (lines.length === 1 && (tail !== '' || opening === undefined)),
    damaged,
  };
}

function damagedCopies(
  copies: EpochCopies,
  journals: Readonly<Record<JournalCopy, Journal>>,
  checkpoints: Readonly<Record<CheckpointCopy, StoredState | undefined>>,
): CopyName[] {
  const found: CopyName[] = [];
  for (const name of ['main', 'bak'] as const) {
    if (copies[name].kind === 'read' && checkpoints[name] === undefined) {
      found.push(name);
    }
  }
  for (const name of ['a', 'b'] as const) {
    if (copies[name].kind === 'read' && journals[name].damaged) {
      found.push(name);
    }
  }
  return found;
}
