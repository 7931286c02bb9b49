import { BROWSER_REFUSED_PORTS } from './browserPorts';
import { BUILT_IN_CATALOGUE, type Catalogue } from './catalogue';

/** What a decision follows besides the state: configuration, in force at that moment. */
export interface Rules {
  readonly catalogue: Catalogue;
  /** Ports that nobody is given, each with the reason that people see. */
  readonly reservations: ReadonlyMap<number, string>;
  /** How long other pairs do not get a port that a pair gave up, in milliseconds. */
  readonly quarantineMs: number;
}

/**
 * Long enough for the last owner's server to be gone and for its windows to have heard; short
 * enough that nobody waits for it.
 */
export const QUARANTINE_MS = 30_000;

/** The rules without any configuration. */
export const DEFAULT_RULES: Rules = {
  catalogue: BUILT_IN_CATALOGUE,
  reservations: new Map(),
  quarantineMs: QUARANTINE_MS,
};

/** Why nobody is given the port, as the end of a sentence; undefined when somebody may be. */
export function reservedReason(rules: Rules, port: number): string | undefined {
  const reservation = rules.reservations.get(port);
  if (reservation !== undefined) {
    return `is reserved (${reservation})`;
  }
  const service = BROWSER_REFUSED_PORTS.get(port);
  return service === undefined
    ? undefined
    : `is refused by browsers, which keep it for ${service} (Fetch Standard, "bad port")`;
}
