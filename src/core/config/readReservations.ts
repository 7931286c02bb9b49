/** `reservations`, and `manual_allocations`, which the original knew and never honoured. */
import type { Reservation } from '../domain/configuration';
import { show } from '../domain/describe';
import { isTcpPort } from '../domain/names';
import {
  entriesOf,
  membersOf,
  shown,
  warnRepeated,
  type Member,
  type Path,
  type Problems,
  type Span,
} from '../jsonc/json';
import { isLabel, label, oneLine, readValue, text } from '../jsonc/values';

export const RESERVATION_KEYS = ['port', 'name', 'reason'] as const;

/** The keys of a manual allocation; the first of those after `reason` that is there names it. */
export const MANUAL_KEYS = [
  'port',
  'reason',
  'name',
  'service',
  'service_name',
  'description',
] as const;
const MANUAL_NAMES = ['name', 'service', 'service_name', 'description'] as const;

/** How one of the two keys is read. */
interface Dialect {
  readonly keys: readonly (typeof MANUAL_KEYS)[number][];
  readonly example: string;
  /** For an entry without a name; absent where it must have one. */
  readonly fallback?: string;
}

const RESERVATION_EXAMPLE = '"reservations": [{ "port": 3005, "name": "printer" }]';

const RESERVATIONS: Dialect = { keys: RESERVATION_KEYS, example: RESERVATION_EXAMPLE };

const MANUAL: Dialect = {
  keys: MANUAL_KEYS,
  example: '"manual_allocations": { "9999": "ChromaDB" }',
  fallback: 'manual allocation',
};

interface Sources {
  readonly reservations: Member | undefined;
  /** At the top of the file and in service types. */
  readonly manual: readonly Member[];
}

/** One for each port: the first that the file has, those of `reservations` before the others. */
export function readReservations(
  { reservations, manual }: Sources,
  problems: Problems,
): readonly Reservation[] {
  const found = [
    ...(reservations === undefined ? [] : readEntries(reservations, RESERVATIONS, problems)),
    ...manual.flatMap((member) => readEntries(member, MANUAL, problems)),
  ];
  const byPort = new Map<number, Reservation>();
  for (const { reservation, span, path } of found) {
    const other = byPort.get(reservation.port);
    if (other === undefined) {
      byPort.set(reservation.port, reservation);
    } else {
      const message = `Port ${reservation.port} is reserved for ${show(other.name)} already.`;
      problems.warning(span, path, message);
    }
  }
  return [...byPort.values()];
}

interface Found {
  readonly reservation: Reservation;
  readonly span: Span;
  readonly path: Path;
}

/** A list of objects with their ports, or an object by port: `{ "3005": "printer" }`. */
function readEntries(member: Member, dialect: Dialect, problems: Problems): readonly Found[] {
  const { name, value, path } = member;
  if (value.type === 'array') {
    return (value.children ?? []).flatMap((node, index) => {
      const element = { name: `${name}[${index}]`, key: node, value: node, path: [...path, index] };
      return readElement(element, dialect, problems);
    });
  }
  if (value.type === 'object') {
    const entries = entriesOf(value, path);
    warnRepeated(entries, problems);
    return entries.flatMap((entry) => readByPort(entry, dialect, problems));
  }
  const message = `"${name}" is ${shown(value)}, not a list of ports with their names.`;
  problems.error(value, path, message, dialect.example);
  return [];
}

const PORT_RULE = 'a port, a whole number from 1 to 65535';

function readElement(element: Member, dialect: Dialect, problems: Problems): readonly Found[] {
  const { name, value, path } = element;
  if (value.type !== 'object') {
    const message = `"${name}" is ${shown(value)}, not an object with "port" and "name".`;
    problems.error(value, path, message, dialect.example);
    return [];
  }
  const find = membersOf(value, path, dialect.keys, problems);
  const port = find('port');
  if (port === undefined) {
    problems.error(value, path, `"${name}" has no "port".`, dialect.example);
    return [];
  }
  const number: unknown = port.value.value;
  if (!isTcpPort(number)) {
    const message = `"port" is ${shown(port.value)}, not ${PORT_RULE}.`;
    problems.error(port.value, port.path, message, '"port": 3005');
    return [];
  }
  const rest = readRest(element, find, dialect, problems);
  return rest === undefined
    ? []
    : [{ reservation: { port: number, ...rest }, span: port.value, path: port.path }];
}

function readByPort(entry: Member, dialect: Dialect, problems: Problems): readonly Found[] {
  const { name: digits, key, value, path } = entry;
  const port = /^[1-9]\d{0,4}$/.test(digits) ? Number(digits) : undefined;
  if (!isTcpPort(port)) {
    problems.error(key, path, `${show(digits)} is no ${PORT_RULE.slice(2)}.`, dialect.example);
    return [];
  }
  const found: unknown = value.value;
  if (isLabel(found)) {
    return [{ reservation: { port, name: oneLine(found) }, span: key, path }];
  }
  if (value.type !== 'object') {
    const message = `"${port}" is ${shown(value)}, not the name of what has the port.`;
    problems.error(value, path, message, `"${port}": "printer"`);
    return [];
  }
  const keys = dialect.keys.filter((each) => each !== 'port');
  const find = membersOf(value, path, keys, problems);
  const rest = readRest(entry, find, dialect, problems);
  return rest === undefined ? [] : [{ reservation: { port, ...rest }, span: key, path }];
}

/** Name and reason; undefined where the name is missing, which is reported. */
function readRest(
  { name: entryName, value, path }: Member,
  find: (key: Exclude<(typeof MANUAL_KEYS)[number], 'port'>) => Member | undefined,
  { keys, example, fallback }: Dialect,
  problems: Problems,
): Omit<Reservation, 'port'> | undefined {
  const reason = readValue(find('reason'), text('in the corridor'), problems);
  const named = MANUAL_NAMES.filter((key) => keys.includes(key))
    .map(find)
    .find((member) => member !== undefined);
  if (named === undefined && fallback === undefined) {
    problems.error(value, path, `${show(entryName)} has no "name".`, example);
    return undefined;
  }
  const name = readValue(named, label('printer'), problems) ?? fallback;
  return name === undefined
    ? undefined
    : { name: oneLine(name), ...(reason === undefined ? {} : { reason: oneLine(reason) }) };
}
