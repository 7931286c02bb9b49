import { BROWSER_BLOCKED_PORTS } from '../domain/browserBlockedPorts';
import type { Catalogue, PortRange } from '../domain/catalogue';
import type {
  AutoAllocation,
  Configuration,
  RecoverySettings,
  Template,
} from '../domain/configuration';

/** What a decision follows besides the state: the configuration in force at that moment. */
export interface Rules {
  /** Declared types: built-in and the user's own. Auto-allocated ones are in the state. */
  readonly catalogue: Catalogue;
  /** Ports that are never given out, each with the reason that people see. */
  readonly reservations: ReadonlyMap<number, string>;
  /** How long a port that a pair gave up is cooling for others, in milliseconds. */
  readonly cooldownMs: number;
  readonly autoAllocation: AutoAllocation;
  /** By name. */
  readonly templates: ReadonlyMap<string, Template>;
  readonly recovery: RecoverySettings;
  /** Ports that the OS gives to outgoing connections, where that is known. */
  readonly ephemeral?: PortRange;
}

/**
 * Long enough for the last owner's server to end and for its windows to be informed; short enough
 * not to be worth waiting for.
 */
export const COOLDOWN_MS = 30_000;

/** The rules of a configuration on this machine. */
export function rulesOf(
  { catalogue, reservations, autoAllocation, templates, recovery }: Configuration,
  ephemeral: PortRange | undefined,
): Rules {
  return {
    catalogue,
    reservations: new Map(
      reservations.map(({ port, name, reason }) => [
        port,
        reason === undefined ? name : `${name}: ${reason}`,
      ]),
    ),
    cooldownMs: COOLDOWN_MS,
    autoAllocation,
    templates: new Map(templates.map((template) => [template.name, template])),
    recovery,
    ...(ephemeral === undefined ? {} : { ephemeral }),
  };
}

/** Why the port is never given out, as the end of a sentence; undefined if it may be. */
export function reservedReason(rules: Rules, port: number): string | undefined {
  const reservation = rules.reservations.get(port);
  if (reservation !== undefined) {
    return `is reserved (${reservation})`;
  }
  const service = BROWSER_BLOCKED_PORTS.get(port);
  return service === undefined
    ? undefined
    : `is refused by browsers, which keep it for ${service} (Fetch Standard, "bad port")`;
}
