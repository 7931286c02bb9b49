/**
 * What an epoch left behind, read from its four copies. The rules, in order: the base is the
 * checkpoint, else its `.bak`, else line 1 of either journal; then every line above the base, each
 * from whichever journal has it intact, up to the first that neither has. A torn tail was never
 * answered. An intact line beyond a gap is damage.
 */
import { readCheckpointText, readLine, type JournalLine, type StoredState } from './records';
import type { CheckpointCopy, Digest, JournalCopy, Read } from '../host/interfaces';
import { StyxyError } from '../domain/errors';
import { isStateEvent, type StateEvent } from '../state/events';
import { apply } from '../state/apply';
import { fromBody } from '../state/encode';
import type { State } from '../state/state';

export type CopyName = CheckpointCopy | JournalCopy;
export type EpochCopies = Readonly<Record<CopyName, Read<string>>>;

/** A commit that was read back, and the state that it changed. */
export interface Replayed {
  readonly epoch: number;
  readonly seq: number;
  readonly before: State;
  readonly events: readonly StateEvent[];
}

export type EpochReplay =
  | {
      readonly kind: 'base';
      readonly state: State;
      readonly seq: number;
      /** Copies that were damaged although another one had the same content. */
      readonly damaged: readonly CopyName[];
      /** Intact lines lie beyond a gap: answers are lost and something must be asked again. */
      readonly gap: boolean;
      /** The commits above the base, oldest first. */
      readonly replayed: readonly Replayed[];
    }
  /** It never answered anything: the epoch below counts. */
  | { readonly kind: 'unopened' }
  /** It answered, but nothing of it can be read. */
  | { readonly kind: 'damaged'; readonly damaged: readonly CopyName[] }
  /** Intact, but of a newer version. */
  | { readonly kind: 'newer' };

export function replayEpoch(epoch: number, copies: EpochCopies, digest: Digest): EpochReplay {
  const a = new Journal(epoch, copies.a, digest);
  const b = new Journal(epoch, copies.b, digest);
  const damaged = new Set<CopyName>();
  const bases: readonly [CopyName, () => StoredState | undefined][] = [
    ['main', () => readCheckpoint(epoch, copies.main, digest)],
    ['bak', () => readCheckpoint(epoch, copies.bak, digest)],
    ['a', () => a.opening()],
    ['b', () => b.opening()],
  ];
  for (const [name, read] of bases) {
    const stored = read();
    const decoded = stored === undefined ? undefined : fromBody(stored.body);
    if (decoded?.kind === 'newer') {
      return { kind: 'newer' };
    }
    // An intact checksum over a body that is no state was written by a faulty version: the next
    // copy may be older and good.
    if (stored !== undefined && decoded?.kind === 'state') {
      return replay({ epoch, seq: stored.seq, state: decoded.state }, { a, b }, damaged);
    }
    if (copies[name].kind === 'read') {
      damaged.add(name);
    }
  }
  const opened =
    copies.main.kind === 'read' || copies.bak.kind === 'read' || a.beyondOpening || b.beyondOpening;
  return opened ? { kind: 'damaged', damaged: [...damaged] } : { kind: 'unopened' };
}

function replay(
  base: { readonly epoch: number; readonly seq: number; readonly state: State },
  journals: Readonly<Record<JournalCopy, Journal>>,
  damaged: Set<CopyName>,
): EpochReplay {
  const { epoch } = base;
  let { state, seq } = base;
  const replayed: Replayed[] = [];
  for (;;) {
    const next = seq + 1;
    const first = journals.a.commit(next);
    const events = first ?? journals.b.commit(next);
    if (events === undefined) {
      break;
    }
    if (first === undefined) {
      journals.a.misses(next);
    }
    if (!events.every(isStateEvent)) {
      return { kind: 'newer' };
    }
    const after = applyAll(state, events);
    if (after === undefined) {
      break;
    }
    replayed.push({ epoch, seq: next, before: state, events });
    state = after;
    seq = next;
  }
  const gap = journals.a.reaches(seq + 1) || journals.b.reaches(seq + 1);
  for (const name of ['a', 'b'] as const) {
    if (journals[name].damaged) {
      damaged.add(name);
    }
  }
  return { kind: 'base', state, seq, damaged: [...damaged], gap, replayed };
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

/**
 * One journal's text. A line costs a checksum and a parse only when it is asked for: of thousands
 * of commits the checkpoint has all but the last few.
 */
class Journal {
  /** A complete line was asked for and is damaged. */
  damaged = false;
  readonly #epoch: number;
  readonly #digest: Digest;
  readonly #first: string | undefined;
  /** Bytes follow the last line feed: a torn write. */
  readonly #torn: boolean;
  readonly #lines: ReadonlyMap<number, string>;

  constructor(epoch: number, copy: Read<string>, digest: Digest) {
    this.#epoch = epoch;
    this.#digest = digest;
    const lines = copy.kind === 'read' ? copy.value.split('\n') : [''];
    this.#torn = lines.pop() !== '';
    const [first, ...commits] = lines;
    this.#first = first;
    this.#lines = new Map(commits.map((line) => [numberOf(line), line]));
  }

  /**
   * Bytes follow line 1, or a complete first line is no opening: a torn opening has no line feed, so
   * that is damage to something that may have answered. Line 1 is as long as the whole state, so it
   * is read only when it matters.
   */
  get beyondOpening(): boolean {
    return (
      this.#lines.size > 0 ||
      (this.#first !== undefined && (this.#torn || this.opening() === undefined))
    );
  }

  opening(): StoredState | undefined {
    const read = this.#first === undefined ? undefined : this.#read(this.#first);
    return read?.kind === 'opening' ? read.stored : undefined;
  }

  commit(seq: number): readonly unknown[] | undefined {
    const line = this.#lines.get(seq);
    const read = line === undefined ? undefined : this.#read(line);
    return read?.kind === 'commit' && read.seq === seq ? read.events : undefined;
  }

  /** Whether an intact line has this number or a higher one. */
  reaches(seq: number): boolean {
    return [...this.#lines.keys()].some(
      (other) => other >= seq && this.commit(other) !== undefined,
    );
  }

  /** A line that the other copy has: is it only shorter, or is something wrong with it? */
  misses(seq: number): void {
    this.damaged ||= this.#lines.has(UNNUMBERED) || this.reaches(seq + 1);
  }

  #read(line: string): JournalLine {
    const read = readLine(this.#epoch, line, this.#digest);
    this.damaged ||= read.kind === 'damaged';
    return read;
  }
}

const UNNUMBERED = -1;

/** The number that a line claims to have; its checksum is looked at later. */
function numberOf(line: string): number {
  const [, digits] = /^\{"seq":(\d{1,15}),/.exec(line) ?? [];
  return digits === undefined ? UNNUMBERED : Number(digits);
}
