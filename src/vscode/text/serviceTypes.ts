import { t } from '@vscode/l10n';
import { BROWSER_BLOCKED_PORTS } from '../../core/domain/browserBlockedPorts';
import {
  BUILT_IN_CATALOGUE,
  type InstanceBehavior,
  type PortRange,
  type ServiceType,
} from '../../core/domain/catalogue';
import type { Allocation } from '../../core/domain/model';
import type { Snapshot } from '../../core/messages/requests';

/** The part of a snapshot that says which types there are. */
export type Configured = Pick<Snapshot, 'configuration'>;

/**
 * The types that can be asked for, in the order in which people see them. The built-in ones until
 * a leader pushed which are in force.
 */
export function serviceTypesOf(snapshot: Configured | undefined): readonly ServiceType[] {
  return snapshot?.configuration?.types ?? [...BUILT_IN_CATALOGUE.values()];
}

/** Where a browser finds the service; undefined for what speaks no HTTP. */
export function urlOf(
  view: Pick<Allocation, 'port' | 'serviceType' | 'planned'>,
  types: readonly ServiceType[],
): string | undefined {
  const ofType = types.find(({ name }) => name === view.serviceType)?.protocol;
  const protocol = view.planned?.protocol ?? ofType ?? 'http';
  return protocol === 'tcp' ? undefined : `${protocol}://localhost:${view.port}`;
}

/** How much of a type's range there is to have. */
export interface TypeFigures {
  /** Ports of the range that are allocated, whatever their type. */
  readonly used: number;
  readonly size: number;
  /** Ports of the range that nobody gets, with the reason, by number. */
  readonly reserved: readonly ReservedPort[];
}

interface ReservedPort {
  readonly port: number;
  /** What it is reserved for; undefined for those that browsers refuse to open. */
  readonly name?: string;
}

export function figuresOf(
  { range }: ServiceType,
  { allocations, configuration }: Pick<Snapshot, 'allocations' | 'configuration'>,
): TypeFigures {
  const reserved = new Map<number, ReservedPort>(
    [...BROWSER_BLOCKED_PORTS.keys()].map((port) => [port, { port }]),
  );
  for (const { port, name } of configuration?.reservations ?? []) {
    reserved.set(port, { port, name });
  }
  return {
    used: allocations.filter(({ port }) => isWithin(range, port)).length,
    size: range.last - range.first + 1,
    reserved: [...reserved.values()]
      .filter(({ port }) => isWithin(range, port))
      .sort((a, b) => a.port - b.port),
  };
}

function isWithin({ first, last }: PortRange, port: number): boolean {
  return port >= first && port <= last;
}

/** The name a new service gets: its type, or `type-2`, `type-3` when that is taken. */
export function defaultServiceName(type: string, taken: ReadonlySet<string>): string {
  let name = type;
  for (let n = 2; taken.has(name); n += 1) {
    name = `${type}-${n}`;
  }
  return name;
}

/** `3000-3099 · 4 of 100 used`, and what is special about the type: the same in view and pick. */
export function typeText(type: ServiceType, figures: TypeFigures): string {
  const { first, last } = type.range;
  const reserved = figures.reserved.length;
  return [
    t('{0}-{1} · {2} of {3} used', first, last, figures.used, figures.size),
    ...sharingText(type),
    ...(type.origin === 'auto-allocated' ? [t('auto-allocated')] : []),
    ...(reserved === 0 ? [] : [t('{0} reserved', reserved)]),
  ].join(' · ');
}

/** The row in words, for those who hear it. */
export function typeLabel(type: ServiceType, figures: TypeFigures): string {
  const { first, last } = type.range;
  const reserved = figures.reserved.length;
  return [
    t('{0}, ports {1} to {2}', type.name, first, last),
    t('{0} of {1} used', figures.used, figures.size),
    ...sharingText(type),
    originText(type),
    ...(reserved === 0 ? [] : [t('{0} reserved', reserved)]),
  ].join(', ');
}

function sharingText({ instanceBehavior }: ServiceType): string[] {
  const texts: Readonly<Record<InstanceBehavior, string[]>> = {
    multi: [],
    single: [t('shared')],
    single_per_service: [t('shared by name')],
  };
  return texts[instanceBehavior];
}

/** What sharing means, in one sentence; undefined for ordinary types. */
export function sharingSentence({ instanceBehavior }: ServiceType): string | undefined {
  const texts: Readonly<Record<InstanceBehavior, string | undefined>> = {
    multi: undefined,
    single: t('Shared: all workspaces get the same port.'),
    single_per_service: t(
      'Shared by name: all workspaces get the same port for the same service name.',
    ),
  };
  return texts[instanceBehavior];
}

export function originText({ origin }: ServiceType): string {
  const texts: Readonly<Record<ServiceType['origin'], string>> = {
    'built-in': t('built in'),
    configured: t('configured'),
    'auto-allocated': t('auto-allocated'),
  };
  return texts[origin];
}

/** `4045 (browsers refuse it), 4050 (printer)`. */
export function reservedText({ reserved }: TypeFigures): string {
  return reserved
    .map(({ port, name }) => `${port} (${name ?? t('browsers refuse it')})`)
    .join(', ');
}
