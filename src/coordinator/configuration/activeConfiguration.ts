/** The configuration that a state holds, as rules for decisions and as windows show it. */
import type { PortRange } from '../../core/domain/catalogue';
import { DEFAULT_CONFIGURATION } from '../../core/config/defaults';
import { readConfiguration, type ConfigurationReading } from '../../core/config/readConfiguration';
import type { Configuration, FileProblem } from '../../core/domain/configuration';
import type { Log } from '../../core/host/interfaces';
import type { State } from '../../core/state/state';
import type { ConfigurationView } from '../../core/messages/requests';
import { rulesOf, type Rules } from '../../core/allocation/rules';
import { typesInForce } from '../../core/state/autoTypes';

export interface ActiveConfigurationOptions {
  readonly log: Log;
  /** Ports that the OS gives to outgoing connections, where that is known. */
  readonly ephemeral: PortRange | undefined;
  /** Absolute path of `config.json`. */
  readonly path: string;
}

interface Known {
  readonly text: string | undefined;
  readonly configuration: Configuration;
  readonly rules: Rules;
}

export class ActiveConfiguration {
  readonly #options: ActiveConfigurationOptions;
  readonly #parse: typeof readConfiguration;
  #last: { readonly text: string | undefined; readonly reading: ConfigurationReading } | undefined;
  #known: Known | undefined;

  constructor(options: ActiveConfigurationOptions, parse = readConfiguration) {
    this.#options = options;
    this.#parse = parse;
  }

  /**
   * The reading of a text, parsed once: what is read from the file is in force a moment later, and
   * looked at again for every window.
   */
  read(text: string | undefined): ConfigurationReading {
    if (this.#last === undefined || this.#last.text !== text) {
      this.#last = { text, reading: this.#parse(text) };
    }
    return this.#last.reading;
  }

  rules(state: State): Rules {
    return this.#activeIn(state).rules;
  }

  /** `problems`: what is wrong with the file as it is now. */
  view(state: State, problems: readonly FileProblem[]): ConfigurationView {
    const { configuration, rules } = this.#activeIn(state);
    const { autoAllocation, templates, reservations } = configuration;
    return {
      path: this.#options.path,
      types: typesInForce(rules.catalogue, state),
      autoAllocation,
      templates: templates.map(({ offsets, ...template }) => ({
        ...template,
        offsets: Object.fromEntries(offsets),
      })),
      reservations,
      problems,
    };
  }

  #activeIn({ configuration: stored }: State): Known {
    const text = stored?.text;
    if (this.#known === undefined || this.#known.text !== text) {
      const reading = this.read(text);
      if (reading.kind === 'refused') {
        // Another version took it; this one cannot.
        this.#options.log.warn('The configuration in force cannot be read: the defaults apply.');
      }
      const configuration = reading.kind === 'read' ? reading.configuration : DEFAULT_CONFIGURATION;
      const rules = rulesOf(configuration, this.#options.ephemeral);
      this.#known = { text, configuration, rules };
    }
    return this.#known;
  }
}
