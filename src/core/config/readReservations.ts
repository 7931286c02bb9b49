/** `reservations`, and `manual_allocations`, which the original knew and never honoured. */
import type { Reservation } from '../domain/configuration';
import { show } from '../domain/describe';
import { isTcpPort } from '../domain/names';
import { given } from '../domain/schema';
import type { Member } from '../jsonc/document';
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
): readonly Reservation[] {
  const found = [
    ...(reservations === undefined ? [] : readEntries(reservations, RESERVATIONS)),
    ...manual.flatMap((member) => readEntries(member, MANUAL)),
  ];
  const byPort = new Map<number, Reservation>();
  for (const { reservation, warn } of found) {
    const other = byPort.get(reservation.port);
    if (other === undefined) {
      byPort.set(reservation.port, reservation);
    } else {
      warn(`Port ${reservation.port} is reserved for ${show(other.name)} already.`);
    }
  }
  return [...byPort.values()];
}

interface Found {
  readonly reservation: Reservation;
  /** Of the port, where the file has it. */
  readonly warn: (message: string) => void;
}

/** A list of objects with their ports, or an object by port: `{ "3005": "printer" }`. */
function readEntries(member: Member, dialect: Dialect): readonly Found[] {
  if (member.isList) {
    return member.elements.flatMap((element) => readElement(element, dialect) ?? []);
  }
  if (member.isObject) {
    member.members();
    // Also those that come again: the first of a port counts.
    return member.entries.flatMap((entry) => readByPort(entry, dialect) ?? []);
  }
  member.isNot('a list of ports with their names', dialect.example);
  return [];
}

const PORT_RULE = 'a port, a whole number from 1 to 65535';
const PORT = checked(isTcpPort, PORT_RULE, '3005');

function readElement(element: Member, dialect: Dialect): Found | undefined {
  const { keys, example } = dialect;
  if (!element.isObject) {
    return element.isNot('an object with "port" and "name"', example);
  }
  const members = element.members(keys);
  const at = members.get('port');
  if (at === undefined) {
    return element.error(`"${element.name}" has no "port".`, example);
  }
  const port = readValue(at, PORT);
  const rest = port === undefined ? undefined : readRest(element, members, dialect);
  return port === undefined || rest === undefined
    ? undefined
    : { reservation: { port, ...rest }, warn: (message) => at.warn(message) };
}

function readByPort(entry: Member, dialect: Dialect): Found | undefined {
  const { name: digits, plain } = entry;
  const port = /^[1-9]\d{0,4}$/.test(digits) ? Number(digits) : undefined;
  if (!isTcpPort(port)) {
    return entry.keyError(`${show(digits)} is no ${PORT_RULE.slice(2)}.`, dialect.example);
  }
  const warn = (message: string) => entry.keyWarn(message);
  if (isLabel(plain)) {
    return { reservation: { port, name: oneLine(plain) }, warn };
  }
  if (!entry.isObject) {
    return entry.isNot('the name of what has the port', `"${port}": "printer"`);
  }
  const members = entry.members(dialect.keys.filter((each) => each !== 'port'));
  const rest = readRest(entry, members, dialect);
  return rest && { reservation: { port, ...rest }, warn };
}

/** Name and reason; undefined where the name is missing, which is reported. */
function readRest(
  entry: Member,
  members: ReadonlyMap<string, Member>,
  { names, example, fallback }: Dialect,
): Omit<Reservation, 'port'> | undefined {
  const reason = readValue(members.get('reason'), sentence('in the corridor'));
  const named = names.map((key) => members.get(key)).find((member) => member !== undefined);
  if (named === undefined && fallback === undefined) {
    return entry.error(`${show(entry.name)} has no "name".`, example);
  }
  const name = readValue(named, label('printer')) ?? fallback;
  return name === undefined ? undefined : given({ name: oneLine(name), reason });
}
