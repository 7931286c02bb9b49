/** `service_types`: the user's types over the built-in ones, and those that Styxy found. */
import type { Node } from 'jsonc-parser';
import {
  BUILT_IN_CATALOGUE,
  PROTOCOLS,
  catalogueOf,
  firstOf,
  type InstanceBehavior,
  type PortRange,
  type ServiceType,
} from '../domain/catalogue';
import type { Configuration, ProjectedType } from '../domain/configuration';
import { show } from '../domain/describe';
import { MAX_PORT, MIN_PORT, NAME_RULE, isPort, isServiceTypeName } from '../domain/names';
import { given } from '../domain/schema';
import { shown, type Member } from '../jsonc/document';
import {
  BOOLEAN,
  KNOWN,
  PORT_BOUNDS,
  list,
  oneOf,
  readFields,
  readNamed,
  readValue,
  sentence,
  text,
  wholeNumber,
  type Values,
} from '../jsonc/values';

const INSTANCE_BEHAVIORS: readonly InstanceBehavior[] = ['multi', 'single', 'single_per_service'];

/** The last three are there in files of the original, and nothing reads them. */
export const SERVICE_TYPE = {
  description: sentence('Web front end'),
  port_range: KNOWN,
  range: KNOWN,
  preferred_ports: list(wholeNumber({ ...PORT_BOUNDS, example: 5173 })),
  instance_behavior: oneOf(INSTANCE_BEHAVIORS),
  protocol: oneOf(PROTOCOLS),
  examples: list(sentence('Vite')),
  manual_allocations: KNOWN,
  auto_allocated: BOOLEAN,
  auto_allocated_at: KNOWN,
  placement: KNOWN,
  chunk_size: KNOWN,
  multi_instance_pattern: KNOWN,
};

const TYPE_EXAMPLE = '"web": { "port_range": [5173, 5199] }';

export interface ReadTypes extends Pick<Configuration, 'catalogue' | 'projected'> {
  /** The `manual_allocations` of types, in the order of the file. */
  readonly manual: readonly Member[];
}

export function readServiceTypes(member: Member): ReadTypes {
  const entries = readNamed(member, `"service_types": { ${TYPE_EXAMPLE} }`);
  const read = entries.flatMap((entry) => readServiceType(entry) ?? []);
  const configured = read.flatMap((each) => (each.kind === 'configured' ? [each.type] : []));
  const projected = read.flatMap((each) => (each.kind === 'projected' ? [each.type] : []));
  const catalogue = catalogueOf([...BUILT_IN_CATALOGUE.values(), ...configured]);
  const places = new Map(read.map(({ type, at }) => [type.name, at]));
  const types = [...catalogue.values(), ...projected];
  checkOverlaps(types.map(({ name, range }) => ({ name, range, at: places.get(name) })));
  const manual = entries.flatMap((entry) => entry.find('manual_allocations') ?? []);
  return { catalogue, projected, manual };
}

/** `at` is the range in the file; absent where it is that of the built-in type. */
type ReadType = { readonly at: Member | undefined } & (
  | { readonly kind: 'configured'; readonly type: ServiceType }
  | { readonly kind: 'projected'; readonly type: ProjectedType }
);

/**
 * What the file says of one type, over the built-in one of that name; undefined if it is wrong,
 * which is reported, or nothing is to be done with it.
 */
function readServiceType(entry: Member): ReadType | undefined {
  const { name } = entry;
  const fields = readFields(entry, SERVICE_TYPE, TYPE_EXAMPLE);
  if (fields === undefined) {
    return undefined;
  }
  const { autoAllocated: isAuto = false, ...read } = fields;
  const at = rangeIn(entry);
  const ownRange = at && rangeOf(at);
  if (!hasUsableName(entry, isAuto)) {
    return undefined;
  }
  const base = BUILT_IN_CATALOGUE.get(name);
  if (isAuto && base !== undefined) {
    return entry.keyWarn(
      `${show(name)} is a built-in type, so Styxy did not find its range and ignores this entry.`,
    );
  }
  if (at !== undefined && ownRange === undefined) {
    return undefined;
  }
  const range = ownRange ?? base?.range;
  if (range === undefined) {
    const message = `${show(name)} is no built-in type and has no "port_range".`;
    return entry.error(message, TYPE_EXAMPLE);
  }
  if (isAuto) {
    const type = given({ name, range, at: readMoment(entry.find('auto_allocated_at')) });
    return { kind: 'projected', type, at };
  }
  checkPreferred(entry.find('preferred_ports'), range);
  return { kind: 'configured', type: typeOf(name, range, read, base), at };
}

const NEW_TYPE = {
  instanceBehavior: 'multi',
  protocol: 'http',
  description: '',
  examples: [],
} as const;

function typeOf(
  name: string,
  range: PortRange,
  read: Omit<Values<typeof SERVICE_TYPE>, 'autoAllocated'>,
  base: ServiceType | undefined,
): ServiceType {
  const { preferredPorts = [], ...own } = read;
  const isSameRange =
    base !== undefined && base.range.first === range.first && base.range.last === range.last;
  const byDefault = isSameRange ? base.preferred : firstOf(range);
  const isChanged = !isSameRange || Object.keys(read).length > 0;
  return {
    ...(base ?? NEW_TYPE),
    ...own,
    name,
    range,
    preferred: preferredPorts.length === 0 ? byDefault : [...new Set(preferredPorts)],
    origin: base !== undefined && !isChanged ? base.origin : 'configured',
  };
}

/** The original wrote names that cannot be asked for: that must not refuse the file. */
function hasUsableName(entry: Member, isAuto: boolean): boolean {
  if (isServiceTypeName(entry.name)) {
    return true;
  }
  const message = `${show(entry.name)} is no name for a service type: that is ${NAME_RULE}.`;
  if (isAuto) {
    entry.keyWarn(`${message} Nobody can ask for it, so the entry is ignored.`);
  } else {
    entry.keyError(message, TYPE_EXAMPLE);
  }
  return false;
}

const RANGE_RULE = `two whole numbers from ${MIN_PORT} to ${MAX_PORT}, the lower one first`;

/** Where an entry has its range. */
function rangeIn(entry: Member): Member | undefined {
  const portRange = entry.find('port_range');
  const range = entry.find('range');
  if (portRange !== undefined) {
    range?.warn('"port_range" is there too and counts, so "range" is ignored.');
  }
  return portRange ?? range;
}

function rangeOf(member: Member): PortRange | undefined {
  const { name, value, path, problems } = member;
  const example = `"${name}": [5173, 5199]`;
  const ends = endsOf(member);
  const [given, last] = ends.map((node): unknown => node.value);
  const first = aboveReserved(given, last);
  if (ends.length !== 2) {
    const found = member.isList ? `a list of ${ends.length}` : shown(value);
    return member.error(`"${name}" is ${found}, not ${RANGE_RULE}.`, example);
  }
  if (first !== given) {
    member.warn(
      `"${name}" begins at ${show(given)}; Styxy gives no port below ${MIN_PORT}, so it counts from there.`,
    );
  }
  if (!isPort(first) || !isPort(last)) {
    const wrong = ends.findIndex((node) => !isPort(node.value));
    const node = ends[wrong] ?? value;
    const at = member.isList ? [...path, wrong] : path;
    return problems.error(node, at, `"${name}" has ${shown(node)}, not ${RANGE_RULE}.`, example);
  }
  if (first > last) {
    const message = `"${name}" goes from ${first} down to ${last}, and the lower port comes first.`;
    return member.error(message, `"${name}": [${last}, ${first}]`);
  }
  if (first === last) {
    member.warn(`"${name}" has one port only, enough for one service.`);
  }
  return { first, last };
}

/** The original gave privileged ports too; of a range that goes beyond them the rest counts. */
function aboveReserved(first: unknown, last: unknown): unknown {
  const isPrivileged = Number.isInteger(first) && Number(first) > 0 && Number(first) < MIN_PORT;
  return isPrivileged && isPort(last) ? MIN_PORT : first;
}

/** The elements of `[5173, 5199]`, or the values of `{ "start": 5173, "end": 5199 }`. */
function endsOf(member: Member): readonly Node[] {
  if (!member.isObject) {
    return member.value.children ?? [];
  }
  const members = member.members(['start', 'end']);
  return ['start', 'end'].flatMap((end) => members.get(end)?.value ?? []);
}

/** Where a port outside the range is asked for first, it is given all the same. */
function checkPreferred(member: Member | undefined, { first, last }: PortRange): void {
  for (const element of member?.elements ?? []) {
    const port = element.plain;
    if (isPort(port) && (port < first || port > last)) {
      element.warn(`The preferred port ${port} is outside the range ${first}-${last}.`);
    }
  }
}

/** As the file has it, since that is what an edit compares with. */
function readMoment(member: Member | undefined): string | undefined {
  const moment = readValue(member, text('2026-01-31T12:00:00.000Z'));
  if (
    moment === undefined ||
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/.test(moment)
  ) {
    return moment;
  }
  return member?.warn('"auto_allocated_at" is no date as in ISO 8601.');
}

interface NamedRange {
  readonly name: string;
  readonly range: PortRange;
  /** Absent for the range of a built-in type, which no file names. */
  readonly at: Member | undefined;
}

/**
 * Types whose ranges share ports take them from each other: a warning for each pair, at the range
 * that stands later in the file.
 */
function checkOverlaps(ranges: readonly NamedRange[]): void {
  const sorted = [...ranges].sort((a, b) => a.range.first - b.range.first);
  /** Ranges that may reach into the next one. */
  let open: readonly NamedRange[] = [];
  for (const next of sorted) {
    open = open.filter(({ range }) => range.last >= next.range.first);
    for (const before of open) {
      warnOfOverlap(before, next);
    }
    if (next.at?.problems.takesWarnings === false) {
      return;
    }
    open = [...open, next];
  }
}

function warnOfOverlap(one: NamedRange, other: NamedRange): void {
  const [first, second] = offsetOf(one) <= offsetOf(other) ? [one, other] : [other, one];
  const shared = {
    first: Math.max(one.range.first, other.range.first),
    last: Math.min(one.range.last, other.range.last),
  };
  const message =
    `The ranges of "${second.name}" (${textOf(second.range)}) and "${first.name}" ` +
    `(${textOf(first.range)}) share ${textOf(shared)}.`;
  second.at?.warn(message);
}

function offsetOf({ at }: NamedRange): number {
  return at?.value.offset ?? -1;
}

function textOf({ first, last }: PortRange): string {
  return first === last ? `port ${first}` : `${first}-${last}`;
}
