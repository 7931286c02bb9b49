/**
 * Follows `config.json` and writes into it. What was last read without an error is kept in the
 * state, so that a leader that finds a damaged file goes on with what its predecessor read.
 */
import { withAutoAllocation, withTypes } from '../../core/config/editConfiguration';
import type { Configuration, FileProblem } from '../../core/domain/configuration';
import { StyxyError, toStyxyError } from '../../core/domain/errors';
import { given } from '../../core/domain/schema';
import type { Stamp, StateEvent } from '../../core/state/events';
import { stampOf } from '../../core/state/holders';
import type { Participant } from '../../core/domain/model';
import type { ConfigRead, ConfigStamp, ConfigStore, Runtime } from '../../core/host/interfaces';
import { projectFile, stillSo, toProject } from '../../core/allocation/configProjection';
import type { State } from '../../core/state/state';
import { shared } from '../async/promises';
import type { ActiveConfiguration } from './activeConfiguration';
import { type CommitOutcome, type Recorder, unknownOutcome } from '../log/commit';

/** An edit of the file reaches every window within a second. */
const POLL_MS = 500;

/** Attempts to write while somebody else edits the file; then the error is reported. */
const MAX_WRITES = 5;

export interface ConfigSyncOptions extends Runtime {
  readonly store: ConfigStore;
  /** Reads texts; each is parsed once. */
  readonly active: Pick<ActiveConfiguration, 'read'>;
  leader(): Recorder;
  /** Whether this still leads. Errors: `leadership_lost`. */
  verify(): Promise<void>;
  /** What every window shows has changed. */
  onChange(): void;
}

/** A file without errors; no text for an absent one. */
interface Taken {
  readonly text: string | undefined;
  readonly configuration: Configuration;
}

export class ConfigSync {
  readonly #options: ConfigSyncOptions;
  #stamp: ConfigStamp | undefined;
  #problems: readonly FileProblem[] = [];
  readonly #blank = new EmptyFileGuard();
  #working: Promise<unknown> = Promise.resolve();
  #refusal = '';

  constructor(options: ConfigSyncOptions) {
    this.#options = options;
  }

  /** What is wrong with the file as it was last read. */
  get problems(): readonly FileProblem[] {
    return this.#problems;
  }

  /** Reads the file for the first time, before anything is decided. Never fails. */
  async begin(): Promise<void> {
    await this.#inTurn('read', () => this.#followSurely());
  }

  /** Looks whether the file changed, `POLL_MS` apart; and shows there what it does not show yet. */
  watch(): { dispose(): void } {
    const poll = shared(() => this.#inTurn('watch', () => this.#poll()));
    return this.#options.clock.every(POLL_MS, () => void poll());
  }

  /** Writes found ranges into the file, after the answers that report them. */
  project(): void {
    void this.#inTurn('project', () => this.#project());
  }

  /** Resolves when everything that was begun is done. */
  async settled(): Promise<void> {
    await this.#working;
  }

  /** Errors: `invalid_config` for a file that cannot be edited, `storage_unavailable`. */
  async setAutoAllocation(enabled: boolean, caller: Participant): Promise<void> {
    const stamp = (): Stamp => stampOf(caller, this.#options.clock.now());
    const change = (text: string | undefined): string => withAutoAllocation(text, enabled);
    const edit = this.#working.then(() => this.#edit(change, stamp));
    this.#working = edit.catch(() => undefined);
    await edit;
  }

  async #poll(): Promise<void> {
    if (this.#stamp === undefined || (await this.#options.store.changed(this.#stamp))) {
      await this.#follow();
    }
    await this.#project();
  }

  /**
   * Takes the file over if it has no errors, and keeps what is wrong with it otherwise. What the disk
   * refused to record is tried again by the next look.
   */
  async #follow(): Promise<CommitOutcome> {
    const { store, clock, log, leader, onChange } = this.#options;
    const read = await store.read();
    this.#stamp = read.stamp;
    const problemsBefore = JSON.stringify(this.#problems);
    const taken = this.#take(read);
    let outcome: CommitOutcome = { kind: 'committed' };
    if (taken === undefined) {
      this.#blank.forget();
      log.warn(`${store.path} has errors; what was read before stays in force.`);
    } else if (
      this.#blank.doubts(taken.text, leader().state.configuration?.text, {
        stamp: read.stamp,
        now: clock.now(),
      })
    ) {
      this.#stamp = undefined;
    } else {
      const stamp: Stamp = { at: clock.now(), actor: '', by: 'config.json' };
      outcome = await leader().decideAndRecord(() => taking(leader().state, taken, stamp));
      if (outcome.kind === 'ended') {
        this.#stamp = undefined;
      }
    }
    if (JSON.stringify(this.#problems) !== problemsBefore) {
      onChange();
    }
    return outcome;
  }

  /** The same for callers that cannot wait for the next look: a command leads for a moment only. */
  async #followSurely(): Promise<CommitOutcome> {
    const outcome = await this.#follow();
    if (!this.#blank.isDoubted) {
      return outcome;
    }
    await this.#options.clock.sleep(EMPTY_FILE_MS);
    return this.#follow();
  }

  #take(read: ConfigRead): Taken | undefined {
    if (read.kind === 'unreadable') {
      this.#problems = [problemOf(read.error)];
      return undefined;
    }
    const text = read.kind === 'read' ? read.text : undefined;
    const reading = this.#options.active.read(text);
    this.#problems = reading.problems;
    return reading.kind === 'read' ? { text, configuration: reading.configuration } : undefined;
  }

  async #project(): Promise<void> {
    const { leader, clock, log } = this.#options;
    const projection = toProject(leader().state);
    if (projection === undefined || this.#problems.some(({ severity }) => severity === 'error')) {
      return;
    }
    const { set, remove } = projection;
    const stamp = (): Stamp => ({ at: clock.now(), actor: '', by: 'leader' });
    const change = (text: string | undefined): string => withTypes(text, set, remove);
    const shown = (): readonly StateEvent[] => [
      { kind: 'projected', at: clock.now(), ...stillSo(leader().state, projection) },
    ];
    try {
      await this.#edit(change, stamp, shown);
      this.#refusal = '';
    } catch (error) {
      const { message } = toStyxyError(error);
      if (message !== this.#refusal) {
        // It is tried again with each look: logged once.
        this.#refusal = message;
        log.warn(`Found ranges are not in config.json yet: ${message}`);
      }
    }
  }

  /**
   * Changes the file as it is now; a person's edit in between is seen and kept. `events`: what is
   * recorded with the new text.
   */
  async #edit(
    change: (text: string | undefined) => string,
    stamp: () => Stamp,
    events: () => readonly StateEvent[] = () => [],
  ): Promise<void> {
    const { store, leader, verify } = this.#options;
    for (let round = 1; ; round += 1) {
      recorded(await this.#followSurely());
      const before = leader().state.configuration?.text;
      const error = this.#problems.find(({ severity }) => severity === 'error');
      if (error !== undefined) {
        throw cannotEdit(store.path, error);
      }
      const text = change(before);
      if (text === (before ?? '')) {
        recorded(await leader().decideAndRecord(events));
        return;
      }
      await verify();
      try {
        this.#stamp = await store.replace(before, text);
      } catch (thrown) {
        const coded = toStyxyError(thrown);
        if (coded.details.reason !== 'changed' || round === MAX_WRITES) {
          throw coded;
        }
        continue;
      }
      const outcome = await leader().decideAndRecord(() => [
        { kind: 'configured', stamp: stamp(), text },
        ...events(),
      ]);
      if (outcome.kind === 'ended') {
        // The file has it; the state gets it from there.
        this.#stamp = undefined;
      }
      recorded(outcome);
      return;
    }
  }

  #inTurn(what: string, work: () => Promise<unknown>): Promise<unknown> {
    this.#working = this.#working.then(work).catch((error: unknown) => {
      const { message } = toStyxyError(error);
      this.#options.log.warn(`The configuration (${what}): ${message}`);
    });
    return this.#working;
  }
}

/** The events that follow from a file that was taken. */
function taking(state: State, { text, configuration }: Taken, stamp: Stamp): readonly StateEvent[] {
  const isNews = state.configuration === undefined || state.configuration.text !== text;
  const configured = given({ kind: 'configured', stamp, text } as const);
  return [...(isNews ? [configured] : []), ...projectFile(state, configuration, stamp)];
}

/** Errors: why it was not recorded. */
function recorded(outcome: CommitOutcome): void {
  if (outcome.kind === 'ended') {
    throw unknownOutcome(outcome);
  }
}

function problemOf({ message }: StyxyError): FileProblem {
  return { severity: 'error', path: [], offset: 0, length: 0, message };
}

function cannotEdit(path: string, { message }: FileProblem): StyxyError {
  return new StyxyError(
    'invalid_config',
    `${path} has errors and is not changed by Styxy: ${message} Correct it and ask again.`,
    { details: { file: path } },
  );
}

/** A file that stays empty or gone this long is meant to be; shorter than `POLL_MS`. */
const EMPTY_FILE_MS = 400;

/**
 * Many editors empty a file before they write it, or put another in its place: an empty file is
 * believed only if it is still empty after a while.
 */
class EmptyFileGuard {
  /** Since when it is seen to be so. */
  #since: { readonly stamp: ConfigStamp; readonly at: number } | undefined;

  /** Whether what was read last waits to be believed. */
  get isDoubted(): boolean {
    return this.#since !== undefined;
  }

  /** Something else was read, which is in doubt for no such reason. */
  forget(): void {
    this.#since = undefined;
  }

  /** Whether `text` is to be looked at again. Undefined texts stand for an absent file. */
  doubts(
    text: string | undefined,
    before: string | undefined,
    { stamp, now }: { readonly stamp: ConfigStamp; readonly now: number },
  ): boolean {
    if (!isBlank(text) || isBlank(before)) {
      this.#since = undefined;
      return false;
    }
    if (this.#since?.stamp !== stamp) {
      this.#since = { stamp, at: now };
    }
    return now - this.#since.at < EMPTY_FILE_MS;
  }
}

function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === '';
}
