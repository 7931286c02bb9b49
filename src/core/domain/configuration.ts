/** The configuration in force: `config.json` over the defaults, as typed and validated data. */
import { firstOf, type Catalogue, type PortRange, type ServiceType } from './catalogue';

export const PLACEMENTS = ['after', 'before', 'smart'] as const;

/** Where the range of an unknown type goes: see `autoRange`. */
export type Placement = (typeof PLACEMENTS)[number];

/** The first rule whose pattern matches a type's name replaces what it names. */
export interface AutoAllocationRule {
  /** A glob over the whole name: `*` any characters, `?` one. */
  readonly pattern: string;
  readonly chunkSize?: number;
  readonly placement?: Placement;
  /** Where the search begins; it may lie below `minPort`. */
  readonly preferredRangeStart?: number;
}

/** `auto_allocation` and `auto_allocation_rules`. */
export interface AutoAllocation {
  readonly enabled: boolean;
  /** Ports of a new range, 1-1000. */
  readonly chunkSize: number;
  readonly placement: Placement;
  /** Both ends belong to what may be used. */
  readonly minPort: number;
  readonly maxPort: number;
  /** Whether `gapSize` ports stay free on both sides of a new range. */
  readonly preserveGaps: boolean;
  readonly gapSize: number;
  /** In the order of the file. */
  readonly rules: readonly AutoAllocationRule[];
}

/** An entry of `instance_templates`: shifts where the search for a port begins, nothing else. */
export interface Template {
  readonly name: string;
  readonly description?: string;
  /** Added to preferred ports; `offsets` has those of single types. */
  readonly offset: number;
  readonly offsets: ReadonlyMap<string, number>;
  /** Globs: workspaces on a matching git branch take this template unless one is named. */
  readonly branches: readonly string[];
}

export interface Reservation {
  readonly port: number;
  readonly name: string;
  readonly reason?: string;
}

/** `recovery`; every key as in the original. */
export interface RecoverySettings {
  readonly portConflict: {
    readonly enabled: boolean;
    readonly checkAvailability: boolean;
    readonly maxRetries: number;
    readonly backoffMs: number;
    readonly backoffMultiplier: number;
  };
  readonly healthMonitoring: {
    readonly enabled: boolean;
    readonly checkIntervalMs: number;
    readonly maxFailures: number;
    readonly cleanupStaleAllocations: boolean;
  };
  readonly systemRecovery: {
    readonly enabled: boolean;
    readonly runOnStartup: boolean;
    readonly backupCorruptedState: boolean;
    readonly maxRecoveryAttempts: number;
  };
}

/** A type that Styxy made itself, as `config.json` shows it. */
export interface ProjectedType {
  readonly name: string;
  readonly range: PortRange;
  /** ISO 8601, as it is written in the file; absent in what others wrote. */
  readonly at?: string;
}

export interface Configuration {
  /** The built-in types with the user's own over them; without auto-allocated ones. */
  readonly catalogue: Catalogue;
  /** Entries of `service_types` with `auto_allocated: true`. */
  readonly projected: readonly ProjectedType[];
  readonly autoAllocation: AutoAllocation;
  readonly templates: readonly Template[];
  readonly reservations: readonly Reservation[];
  readonly recovery: RecoverySettings;
}

/** Something wrong in `config.json` or `styxy.json`. */
export interface FileProblem {
  /** Errors keep the file from being used; warnings do not. */
  readonly severity: 'error' | 'warning';
  /** Keys and indices from the top of the file: `['service_types', 'web', 'port_range', 0]`. */
  readonly path: readonly (string | number)[];
  /** Where in the text, in UTF-16 code units; the length may be 0. */
  readonly offset: number;
  readonly length: number;
  /** What is wrong, as a sentence. */
  readonly message: string;
  /** What would be right, as it could stand in the file. */
  readonly example?: string;
}

/** A range that Styxy found for an undeclared type: an event in the journal. */
export interface AutoType {
  readonly name: string;
  readonly range: PortRange;
  readonly placement: Placement;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** Label of who asked for it. */
  readonly by: string;
  /** Whether `config.json` shows it; deleted there afterwards, it counts as undone. */
  readonly projected: boolean;
}

/** An auto-allocated type as the catalogue shows it. */
export function serviceTypeOfAuto({ name, range }: Pick<AutoType, 'name' | 'range'>): ServiceType {
  return {
    name,
    range,
    preferred: firstOf(range),
    instanceBehavior: 'multi',
    protocol: 'http',
    description: 'Found by Styxy for a type that nobody declared',
    examples: [],
    origin: 'auto-allocated',
  };
}
