/**
 * Does on the real machine what `core/election` says: from the first look at the folder to the
 * last answered batch of one epoch.
 */
import { bodyParts, bodyText } from '../core/bodyText';
import {
  advance,
  stand,
  succeed,
  type Action,
  type Ending,
  type Observation,
  type Phase,
  type Step,
} from '../core/election';
import { toStyxyError, type StyxyError } from '../core/errors';
import type { StateEvent } from '../core/events';
import { checkpointOf, commitLine, openingLine } from '../core/journalLine';
import type {
  Clock,
  Digest,
  EpochFile,
  EpochFolder,
  JournalCopy,
  JournalFile,
  LockRecord,
  Log,
} from '../core/ports';
import { PROTOCOL_VERSION } from '../core/protocol';
import type { State } from '../core/registry';
import { Salvage } from './salvage';

/** What one epoch begins with. */
export interface Base {
  readonly state: State;
  readonly seq: number;
}

export interface ReignTools {
  readonly folder: EpochFolder;
  readonly digest: Digest;
  readonly clock: Clock;
  readonly log: Log;
  /** Does the leader of this epoch answer? */
  judge(epoch: number): Promise<'alive' | 'dead'>;
  /** The record of the next claim, already prepared in the folder. */
  nextClaim(): Promise<LockRecord>;
  /** Tells what was repaired and where the damaged copy lies now. */
  onRepair(file: EpochFile, keptAt: string): void;
}

export type Candidacy =
  | { readonly kind: 'serving'; readonly reign: Reign; readonly base: Base }
  | { readonly kind: 'ended'; readonly why: Ending; readonly cause?: StyxyError };

export type CommitOutcome =
  | { readonly kind: 'committed' }
  | { readonly kind: 'ended'; readonly why: Ending; readonly cause?: StyxyError };

/**
 * Stands for the leadership. `seen` is the highest epoch that this process ever saw, `served` the
 * highest in which it saw somebody answer.
 */
export function standFor(tools: ReignTools, seen: number, served = 0): Promise<Candidacy> {
  return new Candidate(tools, new Salvage(tools, seen, served)).run(stand<Base>(seen));
}

/** The next epoch for a leader that goes on from memory. */
export function goOn(tools: ReignTools, epoch: number, memory: Base): Promise<Candidacy> {
  return new Candidate(tools, new Salvage(tools, epoch)).run(succeed(epoch, memory));
}

type Journals = Readonly<Record<JournalCopy, JournalFile>>;

class Candidate {
  readonly #tools: ReignTools;
  readonly #salvage: Salvage;
  #journals: Journals | undefined;
  #cause: StyxyError | undefined;

  constructor(tools: ReignTools, salvage: Salvage) {
    this.#tools = tools;
    this.#salvage = salvage;
  }

  async run(first: Step<Base>): Promise<Candidacy> {
    let step = first;
    for (;;) {
      const { action } = step;
      if (action.do === 'serve' && this.#journals !== undefined) {
        await this.#salvage.keepDamaged();
        const reign = new Reign(
          this.#tools,
          step.phase,
          action.epoch,
          action.base.seq,
          this.#journals,
        );
        return { kind: 'serving', reign, base: action.base };
      }
      if (action.do === 'end') {
        // The journals stay: their names keep whoever won the same number by a deleted lock from
        // opening it beside what this candidate left of it.
        await closeBoth(this.#journals);
        await this.#sayGoodBye(action.why);
        return { kind: 'ended', why: action.why, ...(this.#cause ? { cause: this.#cause } : {}) };
      }
      step = advance(step.phase, await this.#perform(action));
    }
  }

  /** A lock that this candidate leaves behind: nobody shall wait for signs of life from it. */
  async #sayGoodBye(why: Ending): Promise<void> {
    if (why.kind !== 'storage') {
      return;
    }
    try {
      await this.#tools.folder.touchLock(why.epoch, 0);
    } catch (error) {
      this.#tools.log.debug(`No good-bye in lock ${why.epoch}: ${toStyxyError(error).message}`);
    }
  }

  async #perform(action: Action<Base>): Promise<Observation<Base>> {
    const { folder, judge, nextClaim } = this.#tools;
    switch (action.do) {
      case 'list':
        return { saw: 'listing', listing: await folder.list() };
      case 'judge':
        return { saw: await judge(action.epoch) };
      case 'sound':
        return { saw: (await this.#isNewer(action.epoch)) ? 'newer' : 'readable' };
      case 'claim':
        return { saw: await folder.claim(action.epoch, await nextClaim()) };
      case 'fence':
        return this.#try(() => this.#fence(action.epoch));
      case 'recover':
        return this.#try(async () => ({
          saw: 'recovered',
          recovery: await this.#salvage.recover(action.epoch),
        }));
      case 'open':
        return this.#try(() => this.#open(action.epoch, action.base));
      case 'serve':
      case 'append':
      case 'answer':
      case 'end':
        throw new Error(`A candidate cannot "${action.do}".`);
    }
  }

  /** Whoever wrote the lock of an epoch wrote its files; a new protocol may mean a new format. */
  async #isNewer(epoch: number): Promise<boolean> {
    if (epoch === 0) {
      return false;
    }
    const lock = await this.#tools.folder.readLock(epoch);
    if (lock.kind === 'read' && lock.value !== 'unreadable') {
      if (lock.value.protocol > PROTOCOL_VERSION) {
        return true;
      }
    }
    // It is read again once the number is ours; a number that is only burnt helps nobody.
    return (await this.#salvage.recover(epoch + 1)).kind === 'newer';
  }

  /** A disk that refuses is an observation; anything else is a bug and goes up. */
  async #try(work: () => Promise<Observation<Base>>): Promise<Observation<Base>> {
    try {
      return await work();
    } catch (error) {
      const coded = toStyxyError(error);
      if (coded.code === 'internal') {
        throw error;
      }
      this.#cause = coded;
      return { saw: 'failed' };
    }
  }

  async #fence(epoch: number): Promise<Observation<Base>> {
    const a = await this.#tools.folder.createJournal(epoch, 'a');
    if (a === 'lost') {
      return { saw: 'lost' };
    }
    const b = await this.#tools.folder.createJournal(epoch, 'b');
    if (b === 'lost') {
      await a.close();
      return { saw: 'lost' };
    }
    this.#journals = { a, b };
    return { saw: 'done' };
  }

  async #open(epoch: number, base: Base): Promise<Observation<Base>> {
    const { folder, digest } = this.#tools;
    const stored = { epoch, seq: base.seq };
    const text = bodyText(base.state);
    const line = openingLine(stored, digest, text);
    await appendToBoth(this.#journals, line);
    await folder.writeCheckpoint(epoch, checkpointOf(stored, digest, text));
    return { saw: 'done' };
  }
}

/** One epoch of leadership, from `serve` until the first answer that cannot be given. */
export class Reign {
  readonly epoch: number;
  readonly #tools: ReignTools;
  readonly #journals: Journals;
  readonly #bytesAtOpening: number;
  #phase: Phase<Base>;
  #seq: number;

  constructor(
    tools: ReignTools,
    phase: Phase<Base>,
    epoch: number,
    seq: number,
    journals: Journals,
  ) {
    this.#tools = tools;
    this.#phase = phase;
    this.epoch = epoch;
    this.#seq = seq;
    this.#journals = journals;
    this.#bytesAtOpening = journals.a.size;
  }

  /** Commits so far, over all epochs. */
  get seq(): number {
    return this.#seq;
  }

  /** Bytes that this epoch's commits take in one journal. */
  get journalBytes(): number {
    return this.#journals.a.size - this.#bytesAtOpening;
  }

  /**
   * Makes a batch durable and checks that this epoch is still the highest. Without events nothing
   * is written, but the check stands: an answer from memory is a promise too.
   */
  async commit(events: readonly StateEvent[]): Promise<CommitOutcome> {
    let step = advance(this.#phase, { saw: 'batch' });
    let cause: StyxyError | undefined;
    const seq = this.#seq + (events.length > 0 ? 1 : 0);
    while (step.action.do !== 'answer' && step.action.do !== 'end') {
      try {
        step = advance(step.phase, await this.#perform(step.action, seq, events));
      } catch (error) {
        cause = toStyxyError(error);
        if (step.phase.kind !== 'appending') {
          // The listing failed: nothing may be answered, and the journals are as good as lost.
          step = { phase: { kind: 'ended' }, action: storageEnd(this.epoch) };
        } else {
          step = advance(step.phase, { saw: 'failed' });
        }
      }
    }
    this.#phase = step.phase;
    if (step.action.do === 'end') {
      return { kind: 'ended', why: step.action.why, ...(cause ? { cause } : {}) };
    }
    this.#seq = seq;
    return { kind: 'committed' };
  }

  /** Written while requests are answered: the state is immutable, the work is done in parts. */
  async checkpoint({ state, seq }: Base): Promise<void> {
    const { folder, digest, clock } = this.#tools;
    const parts: string[] = [];
    for (const part of bodyParts(state)) {
      parts.push(part);
      await clock.sleep(0);
    }
    const stored = { epoch: this.epoch, seq };
    await folder.writeCheckpoint(this.epoch, checkpointOf(stored, digest, parts.join('')));
  }

  close(): Promise<void> {
    return closeBoth(this.#journals);
  }

  async #perform(
    action: Action<Base>,
    seq: number,
    events: readonly StateEvent[],
  ): Promise<Observation<Base>> {
    if (action.do === 'list') {
      return { saw: 'listing', listing: await this.#tools.folder.list() };
    }
    if (action.do === 'append') {
      if (events.length > 0) {
        await appendToBoth(this.#journals, commitLine(this.epoch, seq, events, this.#tools.digest));
      }
      return { saw: 'done' };
    }
    throw new Error(`A leader cannot "${action.do}".`);
  }
}

function storageEnd(epoch: number): Action<Base> {
  return { do: 'end', why: { kind: 'storage', epoch, during: 'append' } };
}

/** Both writes are waited for even when one fails: none may still be under way afterwards. */
async function appendToBoth(journals: Journals | undefined, text: string): Promise<void> {
  if (journals === undefined) {
    throw new Error('There are no journals to write to.');
  }
  const results = await Promise.allSettled([journals.a.append(text), journals.b.append(text)]);
  for (const result of results) {
    if (result.status === 'rejected') {
      throw result.reason;
    }
  }
}

async function closeBoth(journals: Journals | undefined): Promise<void> {
  await Promise.allSettled([journals?.a.close(), journals?.b.close()]);
}
