/** One entry of `service_types`. */
import type { Node } from 'jsonc-parser';
import {
  PROTOCOLS,
  firstOf,
  type Catalogue,
  type InstanceBehavior,
  type PortRange,
  type ServiceType,
} from '../domain/catalogue';
import type { ProjectedType } from '../domain/configuration';
import { show } from '../domain/describe';
import { MAX_PORT, MIN_PORT, NAME_RULE, isPort, isServiceTypeName } from '../domain/names';
import { membersOf, shown, type Member, type Problems } from '../jsonc/json';
import {
  BOOLEAN,
  PORT_BOUNDS,
  oneLine,
  oneOf,
  readList,
  readObject,
  readValue,
  text,
  wholeNumber,
} from '../jsonc/values';

/** The keys of a service type. The last three are there in files of the original, and nothing reads them. */
export const SERVICE_TYPE_KEYS = [
  'description',
  'port_range',
  'range',
  'preferred_ports',
  'instance_behavior',
  'protocol',
  'examples',
  'manual_allocations',
  'auto_allocated',
  'auto_allocated_at',
  'placement',
  'chunk_size',
  'multi_instance_pattern',
] as const;

const INSTANCE_BEHAVIORS: readonly InstanceBehavior[] = ['multi', 'single', 'single_per_service'];

export const TYPE_EXAMPLE = '"web": { "port_range": [5173, 5199] }';

/** A range that the file names, and where. */
export interface PlacedRange {
  readonly range: PortRange;
  readonly member: Member;
}

export type ReadType =
  | {
      readonly kind: 'configured';
      readonly type: ServiceType;
      /** Absent where the range is that of the built-in type. */
      readonly placed?: PlacedRange;
      readonly manual?: Member;
    }
  | {
      readonly kind: 'projected';
      readonly type: ProjectedType;
      readonly placed: PlacedRange;
      readonly manual?: Member;
    }
  /** It is wrong, which is reported, or nothing is to be done with it. */
  | { readonly kind: 'none'; readonly manual?: Member };

/** What the file says of one type, over the built-in one of that name. */
export function readServiceType(entry: Member, builtIn: Catalogue, problems: Problems): ReadType {
  const node = readObject(entry, TYPE_EXAMPLE, problems);
  if (node === undefined) {
    return { kind: 'none' };
  }
  const find = membersOf(node, entry.path, SERVICE_TYPE_KEYS, problems);
  const manual = find('manual_allocations');
  const shared = manual === undefined ? {} : { manual };
  const placed = readRange(find('port_range'), find('range'), problems);
  const preferred = readList(find('preferred_ports'), PREFERRED_PORT, problems);
  const own = readOwn(find, problems);
  const isAuto = readValue(find('auto_allocated'), BOOLEAN, problems) ?? false;
  if (!hasUsableName(entry, isAuto, problems)) {
    return { kind: 'none', ...shared };
  }
  const base = builtIn.get(entry.name);
  if (isAuto && base !== undefined) {
    const message = `${show(entry.name)} is a built-in type, so Styxy did not find its range and ignores this entry.`;
    problems.warning(entry.key, entry.path, message);
    return { kind: 'none', ...shared };
  }
  if (placed === 'wrong') {
    return { kind: 'none', ...shared };
  }
  const range = placed?.range ?? base?.range;
  if (range === undefined) {
    const message = `${show(entry.name)} is no built-in type and has no "port_range".`;
    problems.error(entry.value, entry.path, message, TYPE_EXAMPLE);
    return { kind: 'none', ...shared };
  }
  if (isAuto && placed !== undefined) {
    const at = readMoment(find('auto_allocated_at'), problems);
    const type = { name: entry.name, range, ...(at === undefined ? {} : { at }) };
    return { kind: 'projected', type, placed, ...shared };
  }
  const type = typeOf(entry.name, range, preferred, own, base);
  checkPreferred(find('preferred_ports'), range, problems);
  return { kind: 'configured', type, ...(placed === undefined ? {} : { placed }), ...shared };
}

type Find = (key: (typeof SERVICE_TYPE_KEYS)[number]) => Member | undefined;

/** What replaces a built-in type's one by one. */
type Own = Partial<Pick<ServiceType, 'instanceBehavior' | 'protocol' | 'description' | 'examples'>>;

function readOwn(find: Find, problems: Problems): Own {
  const instanceBehavior = readValue(
    find('instance_behavior'),
    oneOf(INSTANCE_BEHAVIORS),
    problems,
  );
  const protocol = readValue(find('protocol'), oneOf(PROTOCOLS), problems);
  const description = readValue(find('description'), text('Web front end'), problems);
  const examples = readList(find('examples'), text('Vite'), problems);
  return {
    ...(instanceBehavior === undefined ? {} : { instanceBehavior }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(description === undefined ? {} : { description: oneLine(description) }),
    ...(examples === undefined ? {} : { examples: examples.map(oneLine) }),
  };
}

function typeOf(
  name: string,
  range: PortRange,
  preferred: readonly number[] | undefined,
  own: Own,
  base: ServiceType | undefined,
): ServiceType {
  const isSameRange =
    base !== undefined && base.range.first === range.first && base.range.last === range.last;
  const byDefault = isSameRange ? base.preferred : firstOf(range);
  const isChanged = !isSameRange || preferred !== undefined || Object.keys(own).length > 0;
  return {
    name,
    range,
    preferred:
      preferred === undefined || preferred.length === 0 ? byDefault : [...new Set(preferred)],
    instanceBehavior: own.instanceBehavior ?? base?.instanceBehavior ?? 'multi',
    protocol: own.protocol ?? base?.protocol ?? 'http',
    description: own.description ?? base?.description ?? '',
    examples: own.examples ?? base?.examples ?? [],
    origin: base !== undefined && !isChanged ? base.origin : 'configured',
  };
}

/** The original wrote names that nobody could ever ask for: that must not refuse the file. */
function hasUsableName({ name, key, path }: Member, isAuto: boolean, problems: Problems): boolean {
  if (isServiceTypeName(name)) {
    return true;
  }
  const message = `${show(name)} is no name for a service type: that is ${NAME_RULE}.`;
  if (isAuto) {
    problems.warning(key, path, `${message} Nobody can ask for it, so the entry is ignored.`);
  } else {
    problems.error(key, path, message, TYPE_EXAMPLE);
  }
  return false;
}

const PREFERRED_PORT = wholeNumber({ ...PORT_BOUNDS, example: 5173 });

const RANGE_RULE = `two whole numbers from ${MIN_PORT} to ${MAX_PORT}, the lower one first`;

function readRange(
  portRange: Member | undefined,
  range: Member | undefined,
  problems: Problems,
): PlacedRange | 'wrong' | undefined {
  const member = portRange ?? range;
  if (member === undefined) {
    return undefined;
  }
  if (portRange !== undefined && range !== undefined) {
    const message = '"port_range" is there too and counts, so "range" is ignored.';
    problems.warning(range.value, range.path, message);
  }
  const { name, value, path } = member;
  const example = `"${name}": [5173, 5199]`;
  const ends = endsOf(member, problems);
  const [given, last] = ends.map((node): unknown => node.value);
  const first = aboveReserved(given, last);
  if (ends.length !== 2) {
    const found = value.type === 'array' ? `a list of ${ends.length}` : shown(value);
    problems.error(value, path, `"${name}" is ${found}, not ${RANGE_RULE}.`, example);
    return 'wrong';
  }
  if (first !== given) {
    const message = `"${name}" begins at ${show(given)}; Styxy gives no port below ${MIN_PORT}, so it counts from there.`;
    problems.warning(value, path, message);
  }
  if (!isPort(first) || !isPort(last)) {
    const wrong = ends.findIndex((node) => !isPort(node.value));
    const node = ends[wrong] ?? value;
    const at = value.type === 'array' ? [...path, wrong] : path;
    problems.error(node, at, `"${name}" has ${shown(node)}, not ${RANGE_RULE}.`, example);
    return 'wrong';
  }
  if (first > last) {
    const message = `"${name}" goes from ${first} down to ${last}, and the lower port comes first.`;
    problems.error(value, path, message, `"${name}": [${last}, ${first}]`);
    return 'wrong';
  }
  if (first === last) {
    problems.warning(value, path, `"${name}" has one port only, enough for one service.`);
  }
  return { range: { first, last }, member };
}

/** The original gave privileged ports too; of a range that goes beyond them the rest counts. */
function aboveReserved(first: unknown, last: unknown): unknown {
  const isPrivileged = Number.isInteger(first) && Number(first) > 0 && Number(first) < MIN_PORT;
  return isPrivileged && isPort(last) ? MIN_PORT : first;
}

/** The elements of `[5173, 5199]`, or the values of `{ "start": 5173, "end": 5199 }`. */
function endsOf({ value, path }: Member, problems: Problems): readonly Node[] {
  if (value.type !== 'object') {
    return value.children ?? [];
  }
  const find = membersOf(value, path, ['start', 'end'], problems);
  return [find('start'), find('end')].flatMap((end) => (end === undefined ? [] : [end.value]));
}

/** Where a port outside the range is asked for first, it is given all the same. */
function checkPreferred(
  member: Member | undefined,
  { first, last }: PortRange,
  problems: Problems,
): void {
  if (member === undefined) {
    return;
  }
  for (const [index, node] of (member.value.children ?? []).entries()) {
    const port: unknown = node.value;
    if (isPort(port) && (port < first || port > last)) {
      const message = `The preferred port ${port} is outside the range ${first}-${last}.`;
      problems.warning(node, [...member.path, index], message);
    }
  }
}

/** As the file has it, since that is what an edit compares with. */
function readMoment(member: Member | undefined, problems: Problems): string | undefined {
  const moment = readValue(member, text('2026-01-31T12:00:00.000Z'), problems);
  if (member === undefined || moment === undefined) {
    return undefined;
  }
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/.test(moment)) {
    return moment;
  }
  problems.warning(member.value, member.path, `"auto_allocated_at" is no date as in ISO 8601.`);
  return undefined;
}
