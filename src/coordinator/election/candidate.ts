/**
 * Does on the real machine what `core/election` says: from the first look at the folder until an
 * epoch serves.
 */
import type { Participant } from '../../core/domain/model';
import { advance, stand, succeed } from '../../core/election/machine';
import type { Action, Ending, Observation, Step } from '../../core/election/types';
import { toStyxyError, type StyxyError } from '../../core/domain/errors';
import { bodyText, checkpointOf, openingLine } from '../../core/log/records';
import { PROTOCOL_VERSION } from '../../core/messages/methods';
import { recordIn, type Base, type LogTools } from '../log/commit';
import { LogRecovery } from '../log/recovery';
import { appendToBoth, closeBoth, EpochLog, type Journals } from '../log/epochLog';

export type { EpochLog };

export type CandidacyOutcome =
  | { readonly kind: 'serving'; readonly epochLog: EpochLog; readonly base: Base }
  | { readonly kind: 'ended'; readonly why: Ending; readonly cause?: StyxyError };

/**
 * Stands for the leadership. `seen` is the highest epoch that this process ever saw, `served` the
 * highest in which it saw a leader answer.
 */
export function runForLeader(tools: LogTools, seen: number, served = 0): Promise<CandidacyOutcome> {
  return new Candidate(tools, new LogRecovery(tools, seen, served)).run(stand<Base>(seen));
}

/** The next epoch for a leader that continues from memory. */
export function claimNextEpoch(
  tools: LogTools,
  epoch: number,
  memory: Base,
): Promise<CandidacyOutcome> {
  return new Candidate(tools, new LogRecovery(tools, epoch)).run(succeed(epoch, memory));
}

class Candidate {
  readonly #tools: LogTools;
  readonly #recovery: LogRecovery;
  #journals: Journals | undefined;
  #cause: StyxyError | undefined;

  constructor(tools: LogTools, recovery: LogRecovery) {
    this.#tools = tools;
    this.#recovery = recovery;
  }

  async run(first: Step<Base>): Promise<CandidacyOutcome> {
    try {
      return await this.#run(first);
    } catch (error) {
      await closeBoth(this.#journals);
      throw error;
    }
  }

  async #run(first: Step<Base>): Promise<CandidacyOutcome> {
    let step = first;
    for (;;) {
      const { action } = step;
      if (action.do === 'serve' && this.#journals !== undefined) {
        await this.#recovery.keepDamaged();
        const epochLog = new EpochLog(
          this.#tools,
          step.phase,
          action.epoch,
          action.base.seq,
          this.#journals,
        );
        return { kind: 'serving', epochLog, base: action.base };
      }
      if (action.do === 'end') {
        // The journals stay: their names keep a process that won the same number by a deleted lock from
        // opening it beside what this candidate left of it.
        await closeBoth(this.#journals);
        await this.#touchAsLeft(action.why);
        return { kind: 'ended', why: action.why, ...(this.#cause ? { cause: this.#cause } : {}) };
      }
      step = advance(step.phase, await this.#perform(action));
    }
  }

  /** A lock that this candidate leaves behind: no process is to wait for signs of life from it. */
  async #touchAsLeft(why: Ending): Promise<void> {
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
    const { folder, probeLeader, nextClaim } = this.#tools;
    switch (action.do) {
      case 'list':
        return { saw: 'listing', listing: await folder.list() };
      case 'probe':
        return { saw: await probeLeader(action.epoch) };
      case 'checkVersion':
        return { saw: (await this.#isNewer(action.epoch)) ? 'newer' : 'readable' };
      case 'claim':
        return { saw: await folder.claim(action.epoch, await nextClaim()) };
      case 'fence':
        return this.#try(() => this.#fence(action.epoch));
      case 'recover':
        return this.#try(async () => ({
          saw: 'recovered',
          recovery: await this.#recovery.recover(action.epoch),
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

  /** One process wrote an epoch's lock and files; a new protocol may mean a new format. */
  async #isNewer(epoch: number): Promise<boolean> {
    if (epoch === 0) {
      return false;
    }
    const lock = recordIn(await this.#tools.folder.readLock(epoch));
    if (lock !== undefined && lock.protocol > PROTOCOL_VERSION) {
      return true;
    }
    // It is read again once the number is ours; a number that is only used up is of no use.
    return (await this.#recovery.recover(epoch + 1)).kind === 'newer';
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
    try {
      const b = await this.#tools.folder.createJournal(epoch, 'b');
      this.#journals = b === 'lost' ? undefined : { a, b };
    } finally {
      if (this.#journals === undefined) {
        await a.close();
      }
    }
    return { saw: this.#journals === undefined ? 'lost' : 'done' };
  }

  async #open(epoch: number, base: Base): Promise<Observation<Base>> {
    const { folder, digest } = this.#tools;
    const stored = { epoch, seq: base.seq };
    const text = bodyText(base.state);
    await appendToBoth(this.#journals, openingLine(stored, digest, text));
    await folder.writeCheckpoint(epoch, checkpointOf(stored, digest, text));
    return { saw: 'done' };
  }
}

export interface CandidacyOptions {
  /** The highest epoch that this process ever saw. */
  readonly seen: number;
  /** The highest epoch in which this process saw a leader answer, 0 for none. */
  readonly served: number;
  /** An epoch whose leader did not answer its pings: it is not asked again. */
  readonly accused?: number;
  readonly self: Participant;
  readonly product: string;
}
