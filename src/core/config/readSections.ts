/** `auto_allocation` and its rules, `instance_templates`, `recovery`: each key over its default. */
import {
  PLACEMENTS,
  type AutoAllocation,
  type AutoAllocationRule,
  type Configuration,
  type RecoverySettings,
  type Template,
} from '../domain/configuration';
import { show } from '../domain/describe';
import { NAME_RULE, isServiceName, isServiceTypeName } from '../domain/names';
import { didYouMean, type Member } from '../jsonc/document';
import {
  BOOLEAN,
  KNOWN,
  PORT_BOUNDS,
  anyNumber,
  checked,
  isObject,
  label,
  list,
  object,
  oneOf,
  readFields,
  readNamed,
  readValue,
  sentence,
  wholeNumber,
} from '../jsonc/values';
import { DEFAULT_CONFIGURATION } from './defaults';

const CHUNK_SIZE = wholeNumber({ min: 1, max: 1_000, example: 10 });
/** The original took privileged ports too, which Styxy never gives. */
const ANY_PORT = { ...PORT_BOUNDS, taken: [1, PORT_BOUNDS.max] } as const;

export const AUTO_ALLOCATION = {
  enabled: BOOLEAN,
  default_chunk_size: CHUNK_SIZE,
  placement: oneOf(PLACEMENTS),
  min_port: wholeNumber({ ...ANY_PORT, example: 10_000 }),
  max_port: wholeNumber({ ...ANY_PORT, example: 49_151 }),
  preserve_gaps: BOOLEAN,
  gap_size: wholeNumber({ min: 0, max: 1_000, example: 10 }),
};

export function readAutoAllocation(member: Member): Omit<AutoAllocation, 'rules'> {
  const base = DEFAULT_CONFIGURATION.autoAllocation;
  const read = readFields(member, AUTO_ALLOCATION, '"auto_allocation": { "enabled": true }');
  const { defaultChunkSize: chunkSize = base.chunkSize, ...same } = read ?? {};
  const settings = { ...base, chunkSize, ...same };
  const { minPort, maxPort } = settings;
  if (minPort > maxPort) {
    const end = member.find('max_port') ?? member.find('min_port');
    const message = `"min_port" is ${minPort} and above "max_port", which is ${maxPort}.`;
    end?.error(message, '"min_port": 10000, "max_port": 49151');
  }
  return settings;
}

/** Of a rule whose pattern is the key. */
export const RULE = {
  chunk_size: CHUNK_SIZE,
  placement: oneOf(PLACEMENTS),
  preferred_range_start: wholeNumber({ ...ANY_PORT, example: 9_000 }),
};

/** Matching costs the length of the pattern, for each name. */
const MAX_PATTERN_LENGTH = 256;
const PATTERN_RULE = `a pattern of 1 to ${MAX_PATTERN_LENGTH} characters, with * for any of them`;

/** Of a rule in a list. */
export const LISTED_RULE = { pattern: checked(isPattern, PATTERN_RULE, '"monitoring-*"'), ...RULE };

function isPattern(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_PATTERN_LENGTH;
}

const RULES_EXAMPLE = '"auto_allocation_rules": { "monitoring-*": { "chunk_size": 20 } }';

interface PlacedRule {
  readonly rule: AutoAllocationRule;
  /** Of the pattern, where the file has it. */
  readonly warn: (message: string) => void;
}

/**
 * In the order of the file, which decides: the first match wins. An object by pattern, or a list
 * of objects with their patterns.
 */
export function readRules(member: Member): readonly AutoAllocationRule[] {
  if (!member.isList && !member.isObject) {
    member.isNot('an object of rules by pattern', RULES_EXAMPLE);
  }
  const read = [...member.entries.map(readByPattern), ...member.elements.map(readListed)];
  const patterns = new Set<string>();
  return read.flatMap((found) => {
    if (found === undefined) {
      return [];
    }
    const { pattern } = found.rule;
    if (patterns.has(pattern)) {
      found.warn(`The pattern ${show(pattern)} is there twice, and the first one counts.`);
    }
    patterns.add(pattern);
    return [found.rule];
  });
}

function readByPattern(entry: Member): PlacedRule | undefined {
  const { name: pattern } = entry;
  const example = `${show(pattern)}: { "chunk_size": 20 }`;
  if (!isPattern(pattern)) {
    isObject(entry, example);
    return entry.keyError(`${show(pattern)} is not ${PATTERN_RULE}.`, RULES_EXAMPLE);
  }
  const settings = readFields(entry, RULE, example);
  const warn = (message: string) => entry.keyWarn(message);
  return settings && { rule: { pattern, ...settings }, warn };
}

function readListed(element: Member): PlacedRule | undefined {
  const example = '{ "pattern": "monitoring-*", "chunk_size": 20 }';
  const { pattern, ...settings } = readFields(element, LISTED_RULE, example) ?? {};
  const at = element.find('pattern');
  if (element.isObject && at === undefined) {
    return element.error(`"${element.name}" has no "pattern".`, example);
  }
  return at === undefined || pattern === undefined
    ? undefined
    : { rule: { pattern, ...settings }, warn: (message) => at.warn(message) };
}

const OFFSET = wholeNumber({ min: 0, max: 1_000, example: 2 });

export const TEMPLATE = {
  description: sentence('Release candidates'),
  offset: OFFSET,
  port_offsets: KNOWN,
  branches: list(label('release/*')),
};

const TEMPLATE_EXAMPLE = '"staging": { "offset": 2, "branches": ["release/*"] }';

/** Over the four that are always there. Offsets may name the types. */
export function readTemplates(
  member: Member,
  { catalogue, projected }: Pick<Configuration, 'catalogue' | 'projected'>,
): readonly Template[] {
  const example = `"instance_templates": { ${TEMPLATE_EXAMPLE} }`;
  const templates = new Map(DEFAULT_CONFIGURATION.templates.map((each) => [each.name, each]));
  const typeNames = new Set([...catalogue.keys(), ...projected.map(({ name }) => name)]);
  for (const entry of readNamed(member, example)) {
    const { name } = entry;
    if (!isServiceName(name)) {
      const message = `${show(name)} is no name for a template: that is ${NAME_RULE}.`;
      entry.keyError(message, TEMPLATE_EXAMPLE);
    }
    const read = readFields(entry, TEMPLATE, TEMPLATE_EXAMPLE);
    if (read !== undefined) {
      const base = templates.get(name) ?? { offset: 0, offsets: [], branches: [] };
      const offsets = readOffsets(entry.find('port_offsets'), typeNames);
      templates.set(name, {
        ...base,
        name,
        ...read,
        offsets: new Map([...base.offsets, ...offsets]),
      });
    }
  }
  return [...templates.values()];
}

const OFFSETS_EXAMPLE = '"port_offsets": { "dev": 2, "api": 2 }';

function readOffsets(
  member: Member | undefined,
  typeNames: ReadonlySet<string>,
): readonly (readonly [type: string, offset: number])[] {
  return readNamed(member, OFFSETS_EXAMPLE).flatMap((entry) => {
    const { name } = entry;
    if (!isServiceTypeName(name)) {
      const message = `${show(name)} is no name for a service type: that is ${NAME_RULE}.`;
      entry.keyError(message, OFFSETS_EXAMPLE);
    } else if (!typeNames.has(name) && entry.problems.takesWarnings) {
      const message = `There is no service type "${name}" yet. ${didYouMean(name, typeNames)}`;
      entry.keyWarn(message.trimEnd());
    }
    const offset = readValue(entry, OFFSET);
    return offset === undefined ? [] : [[name, offset] as const];
  });
}

/** The original checked none of these: what is out of bounds counts as the nearest bound. */
const ANY = { taken: [0, Number.MAX_SAFE_INTEGER] } as const;
const ATTEMPTS = wholeNumber({ min: 1, max: 100, example: 3, ...ANY });

export const RECOVERY = {
  port_conflict: {
    enabled: BOOLEAN,
    check_availability: BOOLEAN,
    max_retries: wholeNumber({ min: 0, max: 20, example: 3, ...ANY }),
    backoff_ms: wholeNumber({ min: 0, max: 60_000, example: 100, ...ANY }),
    backoff_multiplier: anyNumber({ min: 1, max: 10, example: 2 }),
  },
  health_monitoring: {
    enabled: BOOLEAN,
    /** From a second, below which it would only burn processor time, to an hour. */
    check_interval_ms: wholeNumber({ min: 1_000, max: 3_600_000, example: 30_000, ...ANY }),
    max_failures: ATTEMPTS,
    cleanup_stale_allocations: BOOLEAN,
  },
  system_recovery: {
    enabled: BOOLEAN,
    run_on_startup: BOOLEAN,
    backup_corrupted_state: BOOLEAN,
    max_recovery_attempts: ATTEMPTS,
  },
};

const LAYERS = {
  port_conflict: object(RECOVERY.port_conflict, '"port_conflict": { "enabled": true }'),
  health_monitoring: object(RECOVERY.health_monitoring, '"health_monitoring": { "enabled": true }'),
  system_recovery: object(RECOVERY.system_recovery, '"system_recovery": { "enabled": true }'),
};

export function readRecovery(member: Member): RecoverySettings {
  const base = DEFAULT_CONFIGURATION.recovery;
  const example = '"recovery": { "health_monitoring": { "enabled": true } }';
  const read = readFields(member, LAYERS, example);
  return {
    portConflict: { ...base.portConflict, ...read?.portConflict },
    healthMonitoring: { ...base.healthMonitoring, ...read?.healthMonitoring },
    systemRecovery: { ...base.systemRecovery, ...read?.systemRecovery },
  };
}
