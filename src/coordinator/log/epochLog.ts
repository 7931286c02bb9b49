/** One epoch of leadership at work: batches become durable in both journals and are checked. */
import { advance } from '../../core/election/machine';
import type { Action, Observation, Phase } from '../../core/election/types';
import { toStyxyError, type StyxyError } from '../../core/domain/errors';
import type { StateEvent } from '../../core/state/events';
import { bodyParts, checkpointOf, commitLine } from '../../core/log/records';
import type { JournalCopy, JournalFile } from '../../core/host/interfaces';
import { faultPoint } from '../../platform/fs/faultPoint';
import type { Base, CommitOutcome, LogTools } from './commit';

export type Journals = Readonly<Record<JournalCopy, JournalFile>>;

/** One epoch of leadership, from `serve` until the first answer that cannot be given. */
export class EpochLog {
  readonly epoch: number;
  readonly #tools: LogTools;
  readonly #journals: Journals;
  readonly #bytesAtOpening: number;
  #phase: Phase<Base>;
  #seq: number;

  constructor(tools: LogTools, phase: Phase<Base>, epoch: number, seq: number, journals: Journals) {
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
        faultPoint('commit');
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
export async function appendToBoth(journals: Journals | undefined, text: string): Promise<void> {
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

export async function closeBoth(journals: Journals | undefined): Promise<void> {
  await Promise.allSettled([journals?.a.close(), journals?.b.close()]);
}
