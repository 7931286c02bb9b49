/** The configuration in force, for people and programs. */
import type { PortRange, ServiceType } from '../../core/domain/catalogue';
import type { FileProblem } from '../../core/domain/configuration';
import { jsonPath } from '../../core/domain/plan';
import type { ConfigurationView, Snapshot, TemplateView } from '../../core/messages/requests';
import type { Run } from '../run/run';
import { fields, table } from '../run/table';
import { plain, plural, shortPath } from '../run/text';

type Reader = Pick<Run, 'terminal' | 'userHome'>;
type Settings = ConfigurationView['autoAllocation'];

export interface ConfigurationJson extends Omit<ConfigurationView, 'problems'> {
  /** Without their lines: `config validate` reads the file and tells these. */
  readonly problems: readonly {
    readonly severity: FileProblem['severity'];
    readonly path: string;
    readonly message: string;
    readonly example?: string;
  }[];
}

export function configurationJson(view: ConfigurationView): ConfigurationJson {
  const { path, types, autoAllocation, templates, reservations, problems } = view;
  return {
    path,
    types,
    autoAllocation,
    templates,
    reservations,
    problems: problems.map(({ severity, path: at, message, example }) => ({
      severity,
      path: jsonPath(at),
      message,
      ...(example === undefined ? {} : { example }),
    })),
  };
}

/** Everything that is in force, in sections; empty ones are left out. */
export function configurationLines(run: Reader, view: ConfigurationView): string[] {
  const { style } = run.terminal;
  const sections: readonly (readonly [title: string, lines: string[]])[] = [
    ['Service types', typeTable(run, view.types)],
    ['Auto-allocation', fields(settingFields(view.autoAllocation), style)],
    ['Templates', view.templates.length === 0 ? [] : templateTable(run, view.templates)],
    ['Reservations', view.reservations.length === 0 ? [] : reservationTable(run, view)],
  ];
  return [
    ...fields([['File', { text: shortPath(view.path, run.userHome) }]], style),
    ...sections
      .filter(([, lines]) => lines.length > 0)
      .flatMap(([title, lines]) => ['', style.bold(title), ...lines]),
  ];
}

function typeTable(run: Reader, types: readonly ServiceType[]): string[] {
  return table<ServiceType>(
    types,
    [
      { title: 'TYPE', cell: ({ name }) => ({ text: plain(name), paint: 'bold' }) },
      { title: 'RANGE', cell: ({ range }) => ({ text: rangeText(range) }) },
      { title: 'PREFERRED', cell: ({ preferred }) => ({ text: someNumbers(preferred) }) },
      { title: 'BEHAVIOUR', cell: ({ instanceBehavior }) => ({ text: instanceBehavior }) },
      { title: 'PROTOCOL', cell: ({ protocol }) => ({ text: protocol }) },
      { title: 'ORIGIN', cell: ({ origin }) => ({ text: origin }) },
    ],
    run.terminal.style,
  );
}

export function settingFields(settings: Settings) {
  const { enabled, chunkSize, placement, minPort, maxPort, preserveGaps, gapSize } = settings;
  const rules = settings.rules.map(({ pattern }) => plain(pattern));
  return [
    ['Enabled', { text: enabled ? 'yes' : 'no', paint: enabled ? 'green' : 'yellow' }],
    ['Chunk', { text: plural(chunkSize, 'port') }],
    ['Placement', { text: placement }],
    ['Bounds', { text: `${minPort}-${maxPort}` }],
    ['Gaps', { text: preserveGaps ? plural(gapSize, 'port') : 'none' }],
    ['Rules', { text: rules.join(', ') }],
  ] as const;
}

export function templateTable(run: Reader, templates: readonly TemplateView[]): string[] {
  return table<TemplateView>(
    templates,
    [
      { title: 'TEMPLATE', cell: ({ name }) => ({ text: plain(name), paint: 'bold' }) },
      { title: 'OFFSET', align: 'right', cell: ({ offset }) => ({ text: signed(offset) }) },
      { title: 'OFFSETS', cell: ({ offsets }) => ({ text: offsetsText(offsets) }) },
      {
        title: 'BRANCHES',
        cell: ({ branches }) => ({ text: branches.map(plain).join(', ') }),
      },
      { title: 'DESCRIPTION', cell: ({ description = '' }) => ({ text: plain(description) }) },
    ],
    run.terminal.style,
  );
}

function reservationTable(run: Reader, { reservations }: ConfigurationView): string[] {
  return table(
    reservations,
    [
      {
        title: 'PORT',
        align: 'right',
        cell: ({ port }) => ({ text: String(port), paint: 'bold' }),
      },
      { title: 'NAME', cell: ({ name }) => ({ text: plain(name) }) },
      { title: 'REASON', cell: ({ reason = '' }) => ({ text: plain(reason) }) },
    ],
    run.terminal.style,
  );
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
  return table<FoundType>(
    types,
    [
      { title: 'TYPE', cell: ({ name }) => ({ text: plain(name), paint: 'bold' }) },
      { title: 'RANGE', cell: ({ range }) => ({ text: rangeText(range) }) },
      { title: 'USED', cell: ({ used, size }) => ({ text: `${used} of ${size}` }) },
    ],
    run.terminal.style,
  );
}

function rangeText({ first, last }: PortRange): string {
  return `${first}-${last}`;
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
