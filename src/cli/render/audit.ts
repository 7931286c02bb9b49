/** The audit log, for people and programs. */
import type { AuditEntry } from '../../core/domain/audit';
import { isRecord } from '../../core/domain/errors';
import type { Run } from '../run/run';
import { table } from '../run/table';
import { shortPath, isoTime } from '../run/text';
import { plain } from '../../core/domain/describe';
import { shorten, localTime } from '../../core/domain/text';

/** An entry as `--json` prints it, which is as the log itself has it. */
export interface AuditEntryJson extends Omit<AuditEntry, 'at'> {
  readonly time: string;
}

const CHANGE_WIDTH = 60;

export function auditEntryJson({ at, ...entry }: AuditEntry): AuditEntryJson {
  return { time: isoTime(at), ...entry };
}

/** A line each, in the order of the log. */
export function auditTable(
  run: Pick<Run, 'terminal' | 'userHome'>,
  entries: readonly AuditEntry[],
): string[] {
  return table<AuditEntry>(run.terminal.style, entries, [
    { title: 'WHEN', cell: ({ at }) => localTime(at) },
    { title: 'WHAT', cell: ({ what }) => ({ text: what, paint: 'bold' }) },
    { title: 'PORT', align: 'right', cell: ({ port }) => port?.toString() },
    { title: 'SERVICE', cell: ({ service = '' }) => plain(service) },
    { title: 'TYPE', cell: ({ serviceType = '' }) => plain(serviceType) },
    { title: 'BY', cell: ({ actor }) => actorText(actor) },
    { title: 'CHANGE', cell: (entry) => changeText(entry) },
    { title: 'WORKSPACE', cell: ({ workspace = '' }) => shortPath(workspace, run.userHome) },
  ]);
}

function actorText({ kind, label }: AuditEntry['actor']): string {
  const name = shorten(plain(label), 32);
  return name === '' || name === kind ? kind : `${name} (${kind})`;
}

/** What is short enough for a line; all of it is in the JSON. */
function changeText({ before, after, note }: AuditEntry): string {
  const [was, is] = [before, after].map((side) => (isRecord(side) ? side : {}));
  const told = [
    ...(typeof was?.port === 'number' && typeof is?.port === 'number' && was.port !== is.port
      ? [`from ${was.port} to ${is.port}`]
      : []),
    ...rangeText(is?.range ?? was?.range),
    ...(note === undefined ? [] : [plain(note)]),
  ];
  return shorten(told.join(', '), CHANGE_WIDTH);
}

function rangeText(range: unknown): string[] {
  const { first, last } = isRecord(range) ? range : {};
  return typeof first === 'number' && typeof last === 'number' ? [`${first}-${last}`] : [];
}
