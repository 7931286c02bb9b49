/** `reservations`, and `manual_allocations`, which the original knew and never honoured. */
import type { Reservation } from '../domain/configuration';
import { show } from '../domain/describe';
import { isTcpPort } from '../domain/names';
import {
  elementsOf,
  entriesOf,
  membersOf,
  type Member,
  type Path,
  type Problems,
  type Span,
} from '../jsonc/document';
import { checked, isLabel, label, oneLine, readValue, sentence } from '../jsonc/values';

/** How one of the two keys is read. */
interface Dialect {
  readonly keys: readonly string[];
  /** Keys that name an entry; the first of those that are there does. */
  readonly names: readonly string[];
  readonly example: string;
  /** For an entry without a name; absent where it must have one. */
  readonly fallback?: string;
}

export const RESERVATIONS: Dialect = {
  keys: ['port', 'name', 'reason'],
  names: ['name'],
  example: '"reservations": [{ "port": 3005, "name": "printer" }]',
};

const MANUAL_NAMES = ['name', 'service', 'service_name', 'description'];

export const MANUAL: Dialect = {
  keys: ['port', 'reason', ...MANUAL_NAMES],
  names: MANUAL_NAMES,
  example: '"manual_allocations": { "9999": "ChromaDB" }',
  fallback: 'manual allocation',
};

/**
 * One for each port: the first that the file has, those of `reservations` before the others.
 * `manual` are those at the top of the file and in service types.
 */
export function readReservations(
  reservations: Member | undefined,
  manual: readonly Member[],
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
  const { value, path } = member;
  if (value.type === 'array') {
    return elementsOf(member).flatMap((element) => readElement(element, dialect, problems) ?? []);
  }
  if (value.type === 'object') {
    membersOf(value, path, problems);
    // Also those that come again: the first of a port counts.
    return entriesOf(value, path).flatMap((entry) => readByPort(entry, dialect, problems) ?? []);
  }
  problems.notRight(member, 'a list of ports with their names', dialect.example);
  return [];
}

const PORT = checked(isTcpPort, 'a port, a whole number from 1 to 65535', '3005');

function readElement(element: Member, dialect: Dialect, problems: Problems): Found | undefined {
  const { name, value, path } = element;
  if (value.type !== 'object') {
    return problems.notRight(element, 'an object with "port" and "name"', dialect.example);
  }
  const members = membersOf(value, path, problems, dialect.keys);
  const port = members.get('port');
  if (port === undefined) {
    return problems.error(value, path, `"${name}" has no "port".`, dialect.example);
  }
  const number = readValue(port, PORT, problems);
  const rest = number === undefined ? undefined : readRest(element, members, dialect, problems);
  return number === undefined || rest === undefined
    ? undefined
    : { reservation: { port: number, ...rest }, span: port.value, path: port.path };
}

function readByPort(entry: Member, dialect: Dialect, problems: Problems): Found | undefined {
  const { name: digits, key: span, value, path } = entry;
  const port = /^[1-9]\d{0,4}$/.test(digits) ? Number(digits) : undefined;
  if (!isTcpPort(port)) {
    const message = `${show(digits)} is no port, a whole number from 1 to 65535.`;
    return problems.error(span, path, message, dialect.example);
  }
  const found: unknown = value.value;
  if (isLabel(found)) {
    return { reservation: { port, name: oneLine(found) }, span, path };
  }
  if (value.type !== 'object') {
    return problems.notRight(entry, 'the name of what has the port', `"${port}": "printer"`);
  }
  const keys = dialect.keys.filter((each) => each !== 'port');
  const members = membersOf(value, path, problems, keys);
  const rest = readRest(entry, members, dialect, problems);
  return rest && { reservation: { port, ...rest }, span, path };
}

/** Name and reason; undefined where the name is missing, which is reported. */
function readRest(
  { name: entryName, value, path }: Member,
  members: ReadonlyMap<string, Member>,
  { names, example, fallback }: Dialect,
  problems: Problems,
): Omit<Reservation, 'port'> | undefined {
  const reason = readValue(members.get('reason'), sentence('in the corridor'), problems);
  const named = names.map((key) => members.get(key)).find((member) => member !== undefined);
  if (named === undefined && fallback === undefined) {
    return problems.error(value, path, `${show(entryName)} has no "name".`, example);
  }
  const name = readValue(named, label('printer'), problems) ?? fallback;
  return name === undefined
    ? undefined
    : { name: oneLine(name), ...(reason === undefined ? {} : { reason }) };
}
