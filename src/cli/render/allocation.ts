import { plain } from '../../core/domain/describe';
import type {
  AllocationState,
  AllocationView,
  HealthSample,
  HistoryEntry,
  ListeningProcess,
} from '../../core/domain/model';
import { healthText, intruderText, localTime, processText } from '../../core/domain/text';
import type { InspectAnswer } from '../../core/messages/requests';
import type { Run } from '../run/run';
import { unallocatedState } from './json';
import type { Paint } from '../run/style';
import { type Cell, type Column, fields, table } from '../run/table';
import { age, holdersText, plural, shortPath } from '../run/text';

type Reader = Pick<Run, 'terminal' | 'userHome' | 'now'>;

const PAINT_OF_STATE: Readonly<Record<AllocationState, Paint | undefined>> = {
  reserved: undefined,
  listening: 'green',
  down: 'yellow',
  orphaned: 'yellow',
  conflict: 'red',
};

/** One allocation, a line for each thing there is to know. */
export function allocationLines(run: Reader, allocation: AllocationView): string[] {
  return fields(run.terminal.style, allocationFields(run, allocation));
}

type Field = readonly [name: string, value: Cell];

function allocationFields(run: Reader, allocation: AllocationView): Field[] {
  const { allocatedAt, group, health, movedBecause, movedFrom, planned, state } = allocation;
  const todo = 'asking for the service again gives it another port';
  const checked = [plain(planned?.health ?? ''), healthText(allocation)];
  const moved = [String(movedFrom ?? ''), plain(movedBecause ?? '')];
  return [
    ['Port', { text: String(allocation.port), paint: 'bold' }],
    ['Service', `${allocation.service} (${allocation.serviceType})`],
    ['Workspace', shortPath(allocation.workspace, run.userHome)],
    ['State', { text: state, paint: PAINT_OF_STATE[state] }],
    ['Process', whoText(allocation.process, 100)],
    [
      'Conflict',
      state === 'conflict'
        ? { text: joined('; ', whoseText(run, allocation), todo), paint: 'red' }
        : undefined,
    ],
    ['Health', { text: joined(', ', ...checked), paint: health?.ok === false ? 'red' : undefined }],
    ['Shared', group && `one ${plain(group)} on this machine, ${sharedText(allocation)}`],
    ['Holders', holdersText(allocation.holders)],
    ['Moved from', joined(': ', ...moved)],
    ['Since', `${localTime(allocatedAt)} (${age(allocatedAt, run.now())})`],
    ['Id', { text: allocation.id, paint: 'dim' }],
  ];
}

function joined(separator: string, ...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(separator);
}

/** Nothing, where nothing listens. */
function whoText(process: ListeningProcess | undefined, width: number): Cell {
  return process && processText(process, width);
}

function whoseText(run: Reader, view: AllocationView): string | undefined {
  return intruderText(view, (workspace) => shortPath(workspace, run.userHome));
}

function sharedText({ holders }: AllocationView): string {
  return `shared by ${holders.length}`;
}

/** All allocations, a line each. */
export function allocationTable(
  run: Reader,
  allocations: readonly AllocationView[],
  long: boolean,
): string[] {
  const now = run.now();
  const columns: Column<AllocationView>[] = [
    { title: 'PORT', align: 'right', cell: ({ port }) => ({ text: String(port), paint: 'bold' }) },
    { title: 'SERVICE', cell: ({ service }) => plain(service) },
    { title: 'TYPE', cell: ({ serviceType }) => plain(serviceType) },
    { title: 'STATE', cell: ({ state }) => ({ text: state, paint: PAINT_OF_STATE[state] }) },
    { title: 'AGE', align: 'right', cell: (view) => age(view.allocatedAt, now) },
    { title: 'PROCESS', cell: ({ process }) => whoText(process, 32) },
    { title: 'TROUBLE', cell: (view) => ({ text: troubleText(run, view) ?? '', paint: 'red' }) },
    { title: 'HELD BY', cell: (view) => (long ? heldByText(view) : undefined) },
    { title: 'ID', cell: ({ id }) => (long ? id : undefined) },
    {
      title: 'WORKSPACE',
      cell: (view) => {
        const place = shortPath(view.workspace, run.userHome);
        return view.group === undefined ? place : `${place}, ${sharedText(view)}`;
      },
    },
  ];
  return table(run.terminal.style, allocations, columns);
}

function heldByText({ holders }: AllocationView): string {
  const last = holders.slice(-2).map(({ kind, pid }) => `${kind} ${pid}`);
  return [...last, ...(holders.length > 2 ? [`+${holders.length - 2}`] : [])].join(', ');
}

/** What a row says beyond its state, if something is wrong. */
function troubleText(run: Reader, view: AllocationView): string | undefined {
  if (view.state === 'conflict') {
    return whoseText(run, view);
  }
  return view.health?.ok === false ? healthText(view) : undefined;
}

/** What `inspect` found. */
export function inspectLines(run: Reader, answer: InspectAnswer): string[] {
  const { allocation, addresses } = answer;
  const strangers = answer.listeners.filter(
    ({ process }) => allocation === undefined || process?.pid !== allocation.process?.pid,
  );
  const listeners = strangers.map(({ process }) => processText(process ?? {}, 100));
  const about: Field[] = [
    ...(allocation === undefined ? unallocatedFields(answer) : allocationFields(run, allocation)),
    ['Listeners', [...new Set(listeners)].join(', ')],
    ['Addresses', addresses.map(({ address, result }) => `${address} ${result}`).join(', ')],
  ];
  const tables = [observationTable(run, answer.health ?? []), historyTable(run, answer.history)];
  return [
    ...fields(run.terminal.style, about),
    ...tables.flatMap((lines) => (lines.length === 0 ? [] : ['', ...lines])),
  ];
}

function unallocatedFields(answer: InspectAnswer): Field[] {
  const state = unallocatedState(answer);
  const words = { free: 'free', in_use: 'in use', refused: 'never given' } as const;
  const paint = { free: 'green', in_use: 'yellow', refused: 'red' } as const;
  const given = answer.serviceTypes.map((type) => `in the range of ${type}`);
  return [
    ['Port', { text: String(answer.port), paint: 'bold' }],
    ['State', { text: words[state], paint: paint[state] }],
    ['Reason', plain(answer.reserved ?? '')],
    ['Allocation', ['none', ...given].join(', ')],
  ];
}

/** What was seen lately, newest last. */
function observationTable(run: Reader, samples: readonly HealthSample[]): string[] {
  const columns: Column<HealthSample>[] = [
    { title: 'SEEN', cell: ({ at }) => localTime(at) },
    { title: 'STATE', cell: ({ state }) => ({ text: state, paint: PAINT_OF_STATE[state] }) },
    { title: 'REASON', cell: ({ reason }) => plain(reason ?? '') },
  ];
  return table(run.terminal.style, samples, columns);
}

function historyTable(run: Reader, history: readonly HistoryEntry[]): string[] {
  const columns: Column<HistoryEntry>[] = [
    { title: 'WHEN', cell: ({ at }) => localTime(at) },
    { title: 'WHAT', cell: ({ kind }) => kind },
    { title: 'SERVICE', cell: ({ service }) => plain(service) },
    { title: 'BY', cell: ({ by }) => plain(by) },
    { title: 'NOTE', cell: ({ note }) => plain(note ?? '') },
    { title: 'WORKSPACE', cell: (entry) => shortPath(entry.workspace, run.userHome) },
  ];
  return table(run.terminal.style, history, columns);
}

/** How many there are of what, for the line under a list. */
export function countText(allocations: readonly AllocationView[]): string {
  const workspaces = new Set(allocations.map(({ workspace }) => workspace)).size;
  return `${plural(allocations.length, 'port')} in ${plural(workspaces, 'workspace')}`;
}
