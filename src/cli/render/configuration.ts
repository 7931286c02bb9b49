/** The configuration in force, for people and programs. */
import type { PortRange, ServiceType } from '../../core/domain/catalogue';
import { plain, rangeText } from '../../core/domain/describe';
import type { ConfigurationView, Snapshot, TemplateView } from '../../core/messages/requests';
import type { Run } from '../run/run';
import { fields, table, type Cell } from '../run/table';
import { plural, shortPath } from '../run/text';
import { unplacedProblemJson } from './problems';

type Reader = Pick<Run, 'terminal' | 'userHome'>;
type Settings = ConfigurationView['autoAllocation'];

/** Problems are without their lines: `config validate` reads the file and tells these. */
export function configurationJson(view: ConfigurationView) {
  const { path, types, autoAllocation, templates, reservations } = view;
  const problems = view.problems.map(unplacedProblemJson);
  return { path, types, autoAllocation, templates, reservations, problems };
}

/** Everything that is in force, in sections; empty ones are left out. */
export function configurationLines(run: Reader, view: ConfigurationView): string[] {
  const { style } = run.terminal;
  const sections: readonly (readonly [title: string, lines: string[]])[] = [
    ['Service types', typeTable(run, view.types)],
    ['Auto-allocation', fields(style, settingFields(view.autoAllocation))],
    ['Templates', templateTable(run, view.templates)],
    ['Reservations', reservationTable(run, view)],
  ];
  return [
    ...fields(style, [['File', shortPath(view.path, run.userHome)]]),
    ...sections
      .filter(([, lines]) => lines.length > 0)
      .flatMap(([title, lines]) => ['', style.bold(title), ...lines]),
  ];
}

function bold(text: string): Cell {
  return { text, paint: 'bold' };
}

function typeTable(run: Reader, types: readonly ServiceType[]): string[] {
  return table<ServiceType>(run.terminal.style, types, [
    { title: 'TYPE', cell: ({ name }) => bold(plain(name)) },
    { title: 'RANGE', cell: ({ range }) => rangeText(range) },
    { title: 'PREFERRED', cell: ({ preferred }) => someNumbers(preferred) },
    { title: 'BEHAVIOUR', cell: ({ instanceBehavior }) => instanceBehavior },
    { title: 'PROTOCOL', cell: ({ protocol }) => protocol },
    { title: 'ORIGIN', cell: ({ origin }) => origin },
  ]);
}

export function settingFields(settings: Settings) {
  const { enabled, chunkSize, placement, minPort, maxPort, preserveGaps, gapSize } = settings;
  const rules = settings.rules.map(({ pattern }) => plain(pattern));
  return [
    ['Enabled', { text: enabled ? 'yes' : 'no', paint: enabled ? 'green' : 'yellow' }],
    ['Chunk', plural(chunkSize, 'port')],
    ['Placement', placement],
    ['Bounds', `${minPort}-${maxPort}`],
    ['Gaps', preserveGaps ? plural(gapSize, 'port') : 'none'],
    ['Rules', rules.join(', ')],
  ] as const;
}

export function templateTable(run: Reader, templates: readonly TemplateView[]): string[] {
  return table<TemplateView>(run.terminal.style, templates, [
    { title: 'TEMPLATE', cell: ({ name }) => bold(plain(name)) },
    { title: 'OFFSET', align: 'right', cell: ({ offset }) => signed(offset) },
    { title: 'OFFSETS', cell: ({ offsets }) => offsetsText(offsets) },
    { title: 'BRANCHES', cell: ({ branches }) => branches.map(plain).join(', ') },
    { title: 'DESCRIPTION', cell: ({ description = '' }) => plain(description) },
  ]);
}

function reservationTable(run: Reader, { reservations }: ConfigurationView): string[] {
  return table(run.terminal.style, reservations, [
    { title: 'PORT', align: 'right', cell: ({ port }) => bold(String(port)) },
    { title: 'NAME', cell: ({ name }) => plain(name) },
    { title: 'REASON', cell: ({ reason = '' }) => plain(reason) },
  ]);
}

/** A range that was found, and how much of it is in use. */
export interface FoundType {
  readonly name: string;
  readonly range: PortRange;
  readonly size: number;
  readonly used: number;
}

/** The auto-allocated types, in the order of the catalogue. */
export function foundTypes(view: ConfigurationView, { allocations }: Snapshot): FoundType[] {
  return view.types
    .filter(({ origin }) => origin === 'auto-allocated')
    .map(({ name, range }) => ({
      name,
      range,
      size: range.last - range.first + 1,
      used: allocations.filter(({ port }) => port >= range.first && port <= range.last).length,
    }));
}

export function foundTable(run: Reader, types: readonly FoundType[]): string[] {
  return table<FoundType>(run.terminal.style, types, [
    { title: 'TYPE', cell: ({ name }) => bold(plain(name)) },
    { title: 'RANGE', cell: ({ range }) => rangeText(range) },
    { title: 'USED', cell: ({ used, size }) => `${used} of ${size}` },
  ]);
}

function someNumbers(numbers: readonly number[]): string {
  const more = numbers.length - 4;
  return [...numbers.slice(0, 4).map(String), ...(more > 0 ? [`+${more}`] : [])].join(' ');
}

function offsetsText(offsets: Readonly<Record<string, number>>): string {
  return Object.entries(offsets)
    .map(([type, offset]) => `${plain(type)} ${signed(offset)}`)
    .join(', ');
}

function signed(offset: number): string {
  return offset < 0 ? String(offset) : `+${offset}`;
}
