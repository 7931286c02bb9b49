import type {
  Allocation,
  AllocationState,
  HealthSample,
  HistoryEntry,
  Observation,
} from '../../core/domain/model';
import type { AddressFinding } from '../../core/host/interfaces';
import type { InspectAnswer } from '../../core/messages/requests';
import type { Run } from '../run/run';
import { unallocatedState } from './json';
import type { Paint } from '../run/style';
import { fields, table } from '../run/table';
import type { Cell, Column } from '../run/table';
import {
  age,
  healthText,
  holdersText,
  intruderText,
  plain,
  plural,
  processText,
  shortPath,
} from '../run/text';
import { localTime } from '../run/time';

type View = Allocation & Observation;
type Reader = Pick<Run, 'terminal' | 'userHome' | 'now'>;

const PAINT_OF_STATE: Readonly<Record<AllocationState, Paint | undefined>> = {
  reserved: undefined,
  listening: 'green',
  down: 'yellow',
  orphaned: 'yellow',
  conflict: 'red',
};

function painted(text: string, paint: Paint | undefined): Cell {
  return paint === undefined ? { text } : { text, paint };
}

/** One allocation, a line for each thing there is to know. */
export function allocationLines(run: Reader, allocation: View): string[] {
  return fields(allocationFields(run, allocation), run.terminal.style);
}

type Field = readonly [name: string, value: Cell | undefined];

function allocationFields(run: Reader, allocation: View): Field[] {
  const now = run.now();
  return [
    ['Port', { text: String(allocation.port), paint: 'bold' }],
    ['Service', { text: `${allocation.service} (${allocation.serviceType})` }],
    ['Workspace', { text: shortPath(allocation.workspace, run.userHome) }],
    ['State', painted(allocation.state, PAINT_OF_STATE[allocation.state])],
    ['Process', { text: processText(allocation.process, 100) }],
    ['Conflict', conflictField(run, allocation)],
    ['Health', healthField(allocation)],
    ['Shared', sharedField(allocation)],
    ['Holders', { text: holdersText(allocation.holders) }],
    ['Moved from', movedField(allocation)],
    [
      'Since',
      { text: `${localTime(allocation.allocatedAt)} (${age(allocation.allocatedAt, now)})` },
    ],
    ['Id', { text: allocation.id, paint: 'dim' }],
  ];
}

/** Whose the listener is, and the way out. */
function conflictField(run: Reader, { state, intruder }: View): Cell | undefined {
  if (state !== 'conflict') {
    return undefined;
  }
  const whose = intruderText(intruder, run.userHome);
  const todo = 'asking for the service again gives it another port';
  return { text: [whose, todo].filter((part) => part !== '').join('; '), paint: 'red' };
}

/** What the plan checks, and what came of it. */
function healthField(allocation: View): Cell | undefined {
  const check = allocation.planned?.health;
  const answer = healthText(allocation);
  const text = [...(check === undefined ? [] : [plain(check)]), answer].filter(
    (part) => part !== '',
  );
  return painted(text.join(', '), allocation.health?.ok === false ? 'red' : undefined);
}

function movedField({ movedFrom, movedBecause }: View): Cell | undefined {
  if (movedFrom === undefined) {
    return undefined;
  }
  return {
    text: movedBecause === undefined ? String(movedFrom) : `${movedFrom}: ${plain(movedBecause)}`,
  };
}

/** Of what the machine has only one. */
function sharedField(allocation: View): Cell | undefined {
  const { group } = allocation;
  return group === undefined
    ? undefined
    : { text: `one ${plain(group)} on this machine, ${sharedText(allocation)}` };
}

function sharedText({ holders }: View): string {
  return `shared by ${holders.length}`;
}

/** All allocations, a line each. */
export function allocationTable(
  run: Reader,
  allocations: readonly View[],
  options: { readonly long: boolean },
): string[] {
  const now = run.now();
  const columns: Column<View>[] = [
    { title: 'PORT', align: 'right', cell: ({ port }) => ({ text: String(port), paint: 'bold' }) },
    { title: 'SERVICE', cell: ({ service }) => ({ text: plain(service) }) },
    { title: 'TYPE', cell: ({ serviceType }) => ({ text: plain(serviceType) }) },
    { title: 'STATE', cell: ({ state }) => painted(state, PAINT_OF_STATE[state]) },
    { title: 'AGE', align: 'right', cell: (view) => ({ text: age(view.allocatedAt, now) }) },
    { title: 'PROCESS', cell: ({ process }) => ({ text: processText(process, 32) }) },
    { title: 'TROUBLE', cell: (view) => painted(troubleText(run, view), 'red') },
    ...(options.long
      ? [
          {
            title: 'HELD BY',
            cell: ({ holders }: View) => ({
              text: holders
                .slice(-2)
                .map(({ kind, pid }) => `${kind} ${pid}`)
                .concat(holders.length > 2 ? [`+${holders.length - 2}`] : [])
                .join(', '),
            }),
          },
          { title: 'ID', cell: ({ id }: View) => ({ text: id }) },
        ]
      : []),
    {
      title: 'WORKSPACE',
      cell: (view) => {
        const place = shortPath(view.workspace, run.userHome);
        return { text: view.group === undefined ? place : `${place}, ${sharedText(view)}` };
      },
    },
  ];
  return table(allocations, columns, run.terminal.style);
}

/** What a row says beyond its state, if something is wrong. */
function troubleText(run: Reader, view: View): string {
  if (view.state === 'conflict') {
    return intruderText(view.intruder, run.userHome);
  }
  return view.health?.ok === false ? healthText(view) : '';
}

/** What `inspect` found. */
export function inspectLines(run: Reader, answer: InspectAnswer): string[] {
  const strangers = answer.listeners.filter(
    ({ process }) => process?.pid !== answer.allocation?.process?.pid,
  );
  const about: Field[] =
    answer.allocation === undefined
      ? unallocatedFields(answer)
      : allocationFields(run, answer.allocation);
  const listeners = (answer.allocation === undefined ? answer.listeners : strangers).map(
    ({ process }) => processText(process ?? {}, 100),
  );
  return [
    ...fields(
      [
        ...about,
        ['Listeners', { text: [...new Set(listeners)].join(', ') }],
        ['Addresses', { text: answer.addresses.map(addressText).join(', ') }],
      ],
      run.terminal.style,
    ),
    ...observationLines(run, answer.health ?? []),
    ...historyLines(run, answer.history),
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
    ['Reason', answer.reserved === undefined ? undefined : { text: plain(answer.reserved) }],
    ['Allocation', { text: ['none', ...given].join(', ') }],
  ];
}

function addressText({ address, result }: AddressFinding): string {
  return `${address} ${result}`;
}

/** What was seen lately, newest last. */
function observationLines(run: Reader, samples: readonly HealthSample[]): string[] {
  if (samples.length === 0) {
    return [];
  }
  const columns: Column<HealthSample>[] = [
    { title: 'SEEN', cell: ({ at }) => ({ text: localTime(at) }) },
    { title: 'STATE', cell: ({ state }) => painted(state, PAINT_OF_STATE[state]) },
    { title: 'REASON', cell: ({ reason }) => ({ text: plain(reason ?? '') }) },
  ];
  return ['', ...table(samples, columns, run.terminal.style)];
}

function historyLines(run: Reader, history: readonly HistoryEntry[]): string[] {
  if (history.length === 0) {
    return [];
  }
  const columns: Column<HistoryEntry>[] = [
    { title: 'WHEN', cell: ({ at }) => ({ text: localTime(at) }) },
    { title: 'WHAT', cell: ({ kind }) => ({ text: kind }) },
    { title: 'SERVICE', cell: ({ service }) => ({ text: plain(service) }) },
    { title: 'BY', cell: ({ by }) => ({ text: plain(by) }) },
    { title: 'NOTE', cell: ({ note }) => ({ text: plain(note ?? '') }) },
    { title: 'WORKSPACE', cell: (entry) => ({ text: shortPath(entry.workspace, run.userHome) }) },
  ];
  return ['', ...table(history, columns, run.terminal.style)];
}

/** How many there are of what, for the line under a list. */
export function countText(allocations: readonly View[]): string {
  const workspaces = new Set(allocations.map(({ workspace }) => workspace)).size;
  return `${plural(allocations.length, 'port')} in ${plural(workspaces, 'workspace')}`;
}
