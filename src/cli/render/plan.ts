/** What `plan` found and did, for people and programs. */
import type { ErrorJson } from '../../core/domain/errors';
import type { Allocation, AllocationView } from '../../core/domain/model';
import { environmentName } from '../../core/domain/names';
import { planEnvironment } from '../../core/plan/environment';
import type { Plan } from '../../core/domain/plan';
import { hint, note, type Run } from '../run/run';
import { table } from '../run/table';
import { plain } from '../../core/domain/describe';

/** A declared service with what it has; without a port as long as it has none. */
export interface PlanRow extends Partial<Pick<AllocationView, 'port' | 'serviceType' | 'state'>> {
  readonly service: string;
  /** Of the answer to a request: whether it had the port before. */
  readonly existing?: boolean;
}

export function planTable(run: Run, plan: Plan, rows: readonly PlanRow[]): string[] {
  return table<PlanRow>(run.terminal.style, rows, [
    { title: 'SERVICE', cell: ({ service }) => ({ text: plain(service), paint: 'bold' }) },
    {
      title: 'PORT',
      align: 'right',
      cell: ({ port }) => (port === undefined ? { text: 'none', paint: 'yellow' } : String(port)),
    },
    { title: 'TYPE', cell: ({ serviceType = '' }) => plain(serviceType) },
    { title: 'STATE', cell: ({ state = '' }) => state },
    {
      title: 'EXISTING',
      cell: ({ existing }) => (existing === undefined ? '' : existing ? 'yes' : 'new'),
    },
    { title: 'ENV', cell: ({ service }) => variablesOf(plan, service).join(' ') },
  ]);
}

function variablesOf(plan: Plan, service: string): readonly string[] {
  return [environmentName(service), ...(plan.services.get(service)?.env ?? [])];
}

/** Ports by service, and the variables that carry them. */
export function portsJson(plan: Plan, ports: ReadonlyMap<string, number>) {
  return {
    ports: Object.fromEntries(ports),
    environment: Object.fromEntries(planEnvironment(plan, ports)),
  };
}

const WHAT_CAME: Readonly<Record<RenderedFile['state'], string>> = {
  same: 'is as planned.',
  written: 'was written.',
  'would-change': 'is not as planned: styxy plan --write',
  refused: 'cannot be rendered.',
};

/** Tells of files that changed, would, or cannot. */
export function tellFiles(run: Run, files: readonly RenderedFile[]): void {
  for (const { path, state, shadowed, tracked, error } of files) {
    const tell = state === 'same' ? hint : note;
    tell(run, error?.message ?? `${path} ${WHAT_CAME[state]}`);
    if (tracked === true) {
      note(
        run,
        `Git tracks ${path}: it carries the ports of this machine now. Think before you commit it.`,
      );
    }
    if (shadowed.length > 0) {
      note(
        run,
        `${path} sets ${shadowed.join(', ')} outside of Styxy's block too: remove one of both.`,
      );
    }
  }
}

/** Services that are offered for release, never released unasked. */
export function tellLeft(run: Run, left: readonly LeftService[]): void {
  for (const { service, port } of left) {
    note(run, `"${service}" left the plan and still has ${port}: styxy release ${service}`);
  }
}

export interface RenderedFile {
  /** As the plan names it. */
  readonly path: string;
  readonly state: 'same' | 'written' | 'would-change' | 'refused';
  /** Keys that other lines of the file set too. */
  readonly shadowed: readonly string[];
  /** Git tracks it, and it was written: it carries this machine's ports now. */
  readonly tracked?: true;
  /** Why it is `refused`. */
  readonly error?: ErrorJson;
}

/** A service that a plan allocated and no longer declares. */
export type LeftService = Pick<Allocation, 'service' | 'port' | 'id'>;
