/** `auto_allocation` and `auto_allocation_rules`. */
import { PLACEMENTS, type AutoAllocation, type AutoAllocationRule } from '../domain/configuration';
import { show } from '../domain/describe';
import { DEFAULT_CONFIGURATION } from './defaults';
import { entriesOf, membersOf, shown, type Member, type Path, type Problems } from '../jsonc/json';
import {
  BOOLEAN,
  PORT_BOUNDS,
  label,
  oneOf,
  readObject,
  readValue,
  wholeNumber,
} from '../jsonc/values';

export const AUTO_ALLOCATION_KEYS = [
  'enabled',
  'default_chunk_size',
  'placement',
  'min_port',
  'max_port',
  'preserve_gaps',
  'gap_size',
] as const;

/** Of a rule; `pattern` is there only in a list. */
export const RULE_KEYS = ['pattern', 'chunk_size', 'placement', 'preferred_range_start'] as const;

const CHUNK_SIZE = wholeNumber({ min: 1, max: 1_000, example: 10 });
const GAP_SIZE = wholeNumber({ min: 0, max: 1_000, example: 10 });
/** The original took privileged ports too, which Styxy gives to nobody. */
const ANY_PORT = { ...PORT_BOUNDS, taken: [1, PORT_BOUNDS.max] } as const;
const MIN_PORT_RULE = wholeNumber({ ...ANY_PORT, example: 10_000 });
const MAX_PORT_RULE = wholeNumber({ ...ANY_PORT, example: 49_151 });
const START = wholeNumber({ ...ANY_PORT, example: 9_000 });
/** Matching costs the length of the pattern, for each name. */
const MAX_PATTERN_LENGTH = 256;

type Settings = Omit<AutoAllocation, 'rules'>;

export function readAutoAllocation(member: Member | undefined, problems: Problems): Settings {
  const base = DEFAULT_CONFIGURATION.autoAllocation;
  const node = readObject(member, '"auto_allocation": { "enabled": true }', problems);
  if (member === undefined || node === undefined) {
    return base;
  }
  const find = membersOf(node, member.path, AUTO_ALLOCATION_KEYS, problems);
  const settings: Settings = {
    enabled: readValue(find('enabled'), BOOLEAN, problems) ?? base.enabled,
    chunkSize: readValue(find('default_chunk_size'), CHUNK_SIZE, problems) ?? base.chunkSize,
    placement: readValue(find('placement'), oneOf(PLACEMENTS), problems) ?? base.placement,
    minPort: readValue(find('min_port'), MIN_PORT_RULE, problems) ?? base.minPort,
    maxPort: readValue(find('max_port'), MAX_PORT_RULE, problems) ?? base.maxPort,
    preserveGaps: readValue(find('preserve_gaps'), BOOLEAN, problems) ?? base.preserveGaps,
    gapSize: readValue(find('gap_size'), GAP_SIZE, problems) ?? base.gapSize,
  };
  const { minPort, maxPort } = settings;
  const end = find('max_port') ?? find('min_port');
  if (minPort > maxPort && end !== undefined) {
    const message = `"min_port" is ${minPort} and above "max_port", which is ${maxPort}.`;
    problems.error(end.value, end.path, message, '"min_port": 10000, "max_port": 49151');
  }
  return settings;
}

const RULES_EXAMPLE = '"auto_allocation_rules": { "monitoring-*": { "chunk_size": 20 } }';

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
  const { name, value, path } = member;
  if (value.type !== 'array' && value.type !== 'object') {
    const message = `"${name}" is ${shown(value)}, not an object of rules by pattern.`;
    problems.error(value, path, message, RULES_EXAMPLE);
    return [];
  }
  const read =
    value.type === 'object'
      ? entriesOf(value, path).map((entry) => readByPattern(entry, problems))
      : (value.children ?? []).map((node, index) => {
          const at = [...path, index];
          const element = { name: `${name}[${index}]`, key: node, value: node, path: at };
          return readElement(element, problems);
        });
  const seen = new Set<string>();
  return read.flatMap((found) => {
    if (found === undefined) {
      return [];
    }
    const { rule, at } = found;
    if (seen.has(rule.pattern)) {
      const message = `The pattern ${show(rule.pattern)} is there twice, and the first one counts.`;
      problems.warning(at, found.path, message);
    }
    seen.add(rule.pattern);
    return [rule];
  });
}

interface Found {
  readonly rule: AutoAllocationRule;
  readonly at: Member['key'];
  readonly path: Path;
}

function readByPattern(entry: Member, problems: Problems): Found | undefined {
  const { name: pattern, key, path } = entry;
  const node = readObject(entry, `${show(pattern)}: { "chunk_size": 20 }`, problems);
  if (!isPattern(pattern)) {
    problems.error(key, path, `${show(pattern)} is not ${PATTERN_RULE}.`, RULES_EXAMPLE);
    return undefined;
  }
  if (node === undefined) {
    return undefined;
  }
  const keys = RULE_KEYS.filter((each) => each !== 'pattern');
  const find = membersOf(node, path, keys, problems);
  return { rule: { pattern, ...readSettings(find, problems) }, at: key, path };
}

function readElement(element: Member, problems: Problems): Found | undefined {
  const example = '{ "pattern": "monitoring-*", "chunk_size": 20 }';
  const node = readObject(element, example, problems);
  if (node === undefined) {
    return undefined;
  }
  const find = membersOf(node, element.path, RULE_KEYS, problems);
  const settings = readSettings(find, problems);
  const member = find('pattern');
  if (member === undefined) {
    problems.error(node, element.path, `"${element.name}" has no "pattern".`, example);
    return undefined;
  }
  const pattern = readValue(member, PATTERN, problems);
  return pattern === undefined
    ? undefined
    : { rule: { pattern, ...settings }, at: member.value, path: member.path };
}

function readSettings(
  find: (key: Exclude<(typeof RULE_KEYS)[number], 'pattern'>) => Member | undefined,
  problems: Problems,
): Omit<AutoAllocationRule, 'pattern'> {
  const chunkSize = readValue(find('chunk_size'), CHUNK_SIZE, problems);
  const placement = readValue(find('placement'), oneOf(PLACEMENTS), problems);
  const preferredRangeStart = readValue(find('preferred_range_start'), START, problems);
  return {
    ...(chunkSize === undefined ? {} : { chunkSize }),
    ...(placement === undefined ? {} : { placement }),
    ...(preferredRangeStart === undefined ? {} : { preferredRangeStart }),
  };
}

const PATTERN_RULE = `a pattern of 1 to ${MAX_PATTERN_LENGTH} characters, with * for any of them`;

const PATTERN = { ...label('monitoring-*'), isRight: isPattern, is: PATTERN_RULE };

function isPattern(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_PATTERN_LENGTH;
}
