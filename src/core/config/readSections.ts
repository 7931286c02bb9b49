/** `auto_allocation` and its rules, `instance_templates`, `recovery`: each key over its default. */
import type { Catalogue } from '../domain/catalogue';
import {
  PLACEMENTS,
  type AutoAllocation,
  type AutoAllocationRule,
  type ProjectedType,
  type RecoverySettings,
  type Template,
} from '../domain/configuration';
import { show } from '../domain/describe';
import { NAME_RULE, isServiceName, isServiceTypeName } from '../domain/names';
import {
  didYouMean,
  elementsOf,
  entriesOf,
  memberOf,
  type Member,
  type Problems,
} from '../jsonc/document';
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
/** The original took privileged ports too, which Styxy gives to nobody. */
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

type Settings = Omit<AutoAllocation, 'rules'>;

export function readAutoAllocation(member: Member | undefined, problems: Problems): Settings {
  const base = DEFAULT_CONFIGURATION.autoAllocation;
  const read = readFields(
    member,
    AUTO_ALLOCATION,
    '"auto_allocation": { "enabled": true }',
    problems,
  );
  if (member === undefined || read === undefined) {
    return base;
  }
  const { defaultChunkSize, ...same } = read;
  const settings = { ...base, chunkSize: defaultChunkSize ?? base.chunkSize, ...same };
  const { minPort, maxPort } = settings;
  const end =
    memberOf(member.value, 'max_port', member.path) ??
    memberOf(member.value, 'min_port', member.path);
  if (minPort > maxPort && end !== undefined) {
    const message = `"min_port" is ${minPort} and above "max_port", which is ${maxPort}.`;
    problems.error(end.value, end.path, message, '"min_port": 10000, "max_port": 49151');
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

/** A rule, and where its pattern is. */
type PlacedRule = Pick<Member, 'key' | 'path'> & { readonly rule: AutoAllocationRule };

/**
 * In the order of the file, which decides: the first match wins. An object by pattern, or a list
 * of objects with their patterns.
 */
export function readRules(
  member: Member | undefined,
  problems: Problems,
): readonly AutoAllocationRule[] {
  if (member === undefined) {
    return [];
  }
  const { value, path } = member;
  if (value.type !== 'array' && value.type !== 'object') {
    problems.notRight(member, 'an object of rules by pattern', RULES_EXAMPLE);
  }
  const read = [
    ...entriesOf(value, path).map((entry) => readByPattern(entry, problems)),
    ...(value.type === 'array' ? elementsOf(member) : []).map((element) =>
      readListed(element, problems),
    ),
  ];
  const rules = new Map<string, AutoAllocationRule>();
  const all = read.flatMap((found) => found ?? []);
  return all.map(({ rule, key, path: at }) => {
    if (rules.has(rule.pattern)) {
      const message = `The pattern ${show(rule.pattern)} is there twice, and the first one counts.`;
      problems.warning(key, at, message);
    }
    rules.set(rule.pattern, rule);
    return rule;
  });
}

function readByPattern(entry: Member, problems: Problems): PlacedRule | undefined {
  const { name: pattern, key, path } = entry;
  const example = `${show(pattern)}: { "chunk_size": 20 }`;
  if (!isPattern(pattern)) {
    isObject(entry, example, problems);
    return problems.error(key, path, `${show(pattern)} is not ${PATTERN_RULE}.`, RULES_EXAMPLE);
  }
  const settings = readFields(entry, RULE, example, problems);
  return settings && { rule: { pattern, ...settings }, key, path };
}

function readListed(element: Member, problems: Problems): PlacedRule | undefined {
  const example = '{ "pattern": "monitoring-*", "chunk_size": 20 }';
  const read = readFields(element, LISTED_RULE, example, problems);
  if (read === undefined) {
    return undefined;
  }
  const { value, path, name } = element;
  const at = memberOf(value, 'pattern', path);
  if (at === undefined) {
    return problems.error(value, path, `"${name}" has no "pattern".`, example);
  }
  const { pattern, ...settings } = read;
  return pattern === undefined
    ? undefined
    : { rule: { pattern, ...settings }, key: at.value, path: at.path };
}

const OFFSET = wholeNumber({ min: 0, max: 1_000, example: 2 });

export const TEMPLATE = {
  description: sentence('Release candidates'),
  offset: OFFSET,
  port_offsets: KNOWN,
  branches: list(label('release/*')),
};

const TEMPLATE_EXAMPLE = '"staging": { "offset": 2, "branches": ["release/*"] }';

/** What the offsets of single types may name. */
interface Types {
  readonly catalogue: Catalogue;
  readonly projected: readonly ProjectedType[];
}

/** Over the four that are always there. */
export function readTemplates(
  member: Member | undefined,
  { catalogue, projected }: Types,
  problems: Problems,
): readonly Template[] {
  const example = `"instance_templates": { ${TEMPLATE_EXAMPLE} }`;
  const templates = new Map(DEFAULT_CONFIGURATION.templates.map((each) => [each.name, each]));
  const typeNames = new Set([...catalogue.keys(), ...projected.map(({ name }) => name)]);
  for (const entry of readNamed(member, example, problems)) {
    const { name, key, value, path } = entry;
    if (!isServiceName(name)) {
      const message = `${show(name)} is no name for a template: that is ${NAME_RULE}.`;
      problems.error(key, path, message, TEMPLATE_EXAMPLE);
    }
    const read = readFields(entry, TEMPLATE, TEMPLATE_EXAMPLE, problems);
    if (read !== undefined) {
      const base = templates.get(name) ?? { offset: 0, offsets: [], branches: [] };
      const offsets = readOffsets(memberOf(value, 'port_offsets', path), typeNames, problems);
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
  problems: Problems,
): readonly (readonly [type: string, offset: number])[] {
  return readNamed(member, OFFSETS_EXAMPLE, problems).flatMap((entry) => {
    const { name, key, path } = entry;
    if (!isServiceTypeName(name)) {
      const message = `${show(name)} is no name for a service type: that is ${NAME_RULE}.`;
      problems.error(key, path, message, OFFSETS_EXAMPLE);
    } else if (!typeNames.has(name) && problems.takesWarnings) {
      const message = `There is no service type "${name}" yet. ${didYouMean(name, typeNames)}`;
      problems.warning(key, path, message.trimEnd());
    }
    const offset = readValue(entry, OFFSET, problems);
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

export function readRecovery(member: Member | undefined, problems: Problems): RecoverySettings {
  const base = DEFAULT_CONFIGURATION.recovery;
  const example = '"recovery": { "health_monitoring": { "enabled": true } }';
  const read = readFields(member, LAYERS, example, problems);
  return {
    portConflict: { ...base.portConflict, ...read?.portConflict },
    healthMonitoring: { ...base.healthMonitoring, ...read?.healthMonitoring },
    systemRecovery: { ...base.systemRecovery, ...read?.systemRecovery },
  };
}
