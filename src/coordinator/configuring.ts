/**
 * The configuration in force: `config.json` as it was last read without an error, kept in the
 * state, so that a leader that finds a damaged file goes on with what its predecessor read.
 */
import type { PortRange } from '../core/catalogue';
import { withAutoAllocation, withTypes } from '../core/config/editConfiguration';
import { DEFAULT_CONFIGURATION } from '../core/config/defaults';
import { readConfiguration } from '../core/config/readConfiguration';
import type { Configuration, FileProblem } from '../core/configuration';
import { StyxyError, toStyxyError } from '../core/errors';
import type { Stamp, StateEvent } from '../core/events';
import { stampOf } from '../core/holders';
import type { Participant } from '../core/model';
import type { Clock, ConfigRead, ConfigStamp, ConfigStore, Log } from '../core/ports';
import { followFile, toProject } from '../core/projection';
import type { State } from '../core/registry';
import type { ConfigurationView } from '../core/requests';
import { rulesOf, type Rules } from '../core/rules';
import { typesInForce } from '../core/types';
import type { Leader } from './leader';

/** An edit of the file reaches every window within a second. */
const POLL_MS = 500;

/** Somebody else edits the same file: after so many times that is told instead of tried again. */
const MAX_WRITES = 5;

export interface ConfiguringOptions {
  readonly store: ConfigStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly ephemeral: PortRange | undefined;
  leader(): Leader;
  /** Whether this still leads. Errors: `leadership_lost`. */
  verify(): Promise<void>;
  /** What every window shows has changed. */
  onChange(): void;
}

interface InForce {
  readonly text: string | undefined;
  readonly configuration: Configuration;
  readonly rules: Rules;
}

export class Configuring {
  readonly #options: ConfiguringOptions;
  #inForce: InForce | undefined;
  #stamp: ConfigStamp | undefined;
  #problems: readonly FileProblem[] = [];
  #working: Promise<void> = Promise.resolve();
  #polling = false;

  constructor(options: ConfiguringOptions) {
    this.#options = options;
  }

  rules(state: State): Rules {
    return this.#read(state).rules;
  }

  view(state: State): ConfigurationView {
    const { configuration, rules } = this.#read(state);
    const { autoAllocation, templates, reservations } = configuration;
    return {
      path: this.#options.store.path,
      types: typesInForce(rules.catalogue, state),
      autoAllocation,
      templates: templates.map(({ offsets, ...template }) => ({
        ...template,
        offsets: Object.fromEntries(offsets),
      })),
      reservations,
      problems: this.#problems,
    };
  }

  /** Reads the file for the first time, before anything is decided. Never fails. */
  begin(): Promise<void> {
    return this.#inTurn('read', () => this.#follow());
  }

  /** Looks whether the file changed, `POLL_MS` apart; and shows there what it does not show yet. */
  watch(): { dispose(): void } {
    return this.#options.clock.every(POLL_MS, () => {
      if (!this.#polling) {
        this.#polling = true;
        void this.#inTurn('watch', () => this.#poll()).finally(() => {
          this.#polling = false;
        });
      }
    });
  }

  /** Writes found ranges into the file, behind the answers that told them. */
  project(): void {
    void this.#inTurn('project', () => this.#project());
  }

  /** What was begun is done. */
  settled(): Promise<void> {
    return this.#working;
  }

  /** Errors: `invalid_config` for a file that cannot be edited, `storage_unavailable`. */
  async setAutoAllocation(enabled: boolean, caller: Participant): Promise<void> {
    const stamp = stampOf(caller, this.#options.clock.now());
    let failure: unknown;
    await this.#inTurn('edit', async () => {
      try {
        await this.#edit((text) => withAutoAllocation(text, enabled), stamp, []);
      } catch (error) {
        failure = error;
      }
    });
    if (failure !== undefined) {
      throw failure;
    }
  }

  #read({ configuration: stored }: State): InForce {
    const text = stored?.text;
    if (this.#inForce === undefined || this.#inForce.text !== text) {
      const reading = readConfiguration(text);
      if (reading.kind === 'refused') {
        // Another version took it; this one cannot.
        this.#options.log.warn('The configuration in force cannot be read: the defaults apply.');
      }
      const configuration = reading.kind === 'read' ? reading.configuration : DEFAULT_CONFIGURATION;
      const rules = rulesOf(configuration, this.#options.ephemeral);
      this.#inForce = { text, configuration, rules };
    }
    return this.#inForce;
  }

  async #poll(): Promise<void> {
    if (this.#stamp === undefined || (await this.#options.store.changed(this.#stamp))) {
      await this.#follow();
    }
    await this.#project();
  }

  /** Takes the file over if it has no errors, and tells what is wrong with it otherwise. */
  async #follow(): Promise<void> {
    const { store, clock, log, leader, onChange } = this.#options;
    const read = await store.read();
    this.#stamp = read.stamp;
    const problemsBefore = JSON.stringify(this.#problems);
    const taken = this.#judge(read);
    if (taken !== undefined) {
      const stamp: Stamp = { at: clock.now(), actor: '', by: 'config.json' };
      await leader().decideAndRecord(() => this.#taking(leader().state, taken, stamp));
    } else {
      log.warn(`${store.path} has errors; what was read before stays in force.`);
    }
    if (JSON.stringify(this.#problems) !== problemsBefore) {
      onChange();
    }
  }

  #judge(read: ConfigRead): { readonly text?: string } | undefined {
    if (read.kind === 'unreadable') {
      this.#problems = [problemOf(read.error)];
      return undefined;
    }
    const text = read.kind === 'read' ? read.text : undefined;
    const reading = readConfiguration(text);
    this.#problems = reading.problems;
    return reading.kind === 'read' ? { ...(text === undefined ? {} : { text }) } : undefined;
  }

  #taking(state: State, { text }: { readonly text?: string }, stamp: Stamp): readonly StateEvent[] {
    const reading = readConfiguration(text);
    if (reading.kind !== 'read') {
      return [];
    }
    const isNews = state.configuration === undefined || state.configuration.text !== text;
    return [
      ...(isNews
        ? [{ kind: 'configured', stamp, ...(text === undefined ? {} : { text }) } as const]
        : []),
      ...followFile(state, reading.configuration, stamp),
    ];
  }

  async #project(): Promise<void> {
    const { leader, clock, log } = this.#options;
    const projection = toProject(leader().state);
    if (projection === undefined || this.#problems.some(({ severity }) => severity === 'error')) {
      return;
    }
    const { set, remove } = projection;
    const at = clock.now();
    const stamp: Stamp = { at, actor: '', by: 'leader' };
    try {
      await this.#edit((text) => withTypes(text, set, remove), stamp, [
        { kind: 'projected', at, added: set.map(({ name }) => name), removed: remove },
      ]);
    } catch (error) {
      log.warn(`Found ranges are not in config.json yet: ${toStyxyError(error).message}`);
    }
  }

  /** Changes the file as it is now; a person's edit in between is seen and kept. */
  async #edit(
    change: (text: string | undefined) => string,
    stamp: Stamp,
    events: readonly StateEvent[],
  ): Promise<void> {
    const { store, leader, verify } = this.#options;
    for (let round = 1; ; round += 1) {
      await this.#follow();
      const before = leader().state.configuration?.text;
      const error = this.#problems.find(({ severity }) => severity === 'error');
      if (error !== undefined) {
        throw cannotEdit(store.path, error);
      }
      const text = change(before);
      if (text === (before ?? '')) {
        await leader().record(events);
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
      await leader().record([{ kind: 'configured', stamp, text }, ...events]);
      return;
    }
  }

  #inTurn(what: string, work: () => Promise<void>): Promise<void> {
    this.#working = this.#working.then(work).catch((error: unknown) => {
      const { message } = toStyxyError(error);
      this.#options.log.warn(`The configuration (${what}): ${message}`);
    });
    return this.#working;
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
