import { StyxyError } from '../../core/domain/errors';
import { type AllocationView, isHeldIn, type Pair, pairsOf } from '../../core/domain/model';
import { given } from '../../core/domain/schema';
import type { Snapshot } from '../../core/messages/requests';
import { wholeNumber } from '../run/arguments';
import { chooseWorkspace, type ChosenWorkspace } from './workspace';
import type { Run } from '../run/run';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** An allocation that a person named, and how. */
export interface Target {
  readonly allocation: AllocationView;
  readonly by: 'id' | 'port' | 'name';
  readonly workspace: ChosenWorkspace;
  /** The pair that was named, as far as the name alone identifies it. A shared allocation has several. */
  readonly pair?: Pair;
  /** Whether the caller may change it without being asked: it is theirs, or they know its id. */
  readonly own: boolean;
}

/**
 * Finds what `<id|port|name>` means. A name is looked for in the caller's workspace first; outside
 * of it, only a name that one workspace alone uses is understood.
 * Errors: `allocation_not_found`; `invalid_argument` with the candidates of an ambiguous name.
 */
export async function findTarget(
  run: Run,
  snapshot: Snapshot,
  text: string,
  project: string | undefined,
): Promise<Target> {
  const workspace = await chooseWorkspace(run, snapshot.participants, project);
  const found = (by: Target['by'], allocation: AllocationView, pair?: Pair): Target => {
    const own = by === 'id' || isHeldIn(allocation, workspace.workspace);
    return given({ allocation, by, workspace, pair, own });
  };

  if (UUID.test(text)) {
    const id = text.toLowerCase();
    const allocation = snapshot.allocations.find((candidate) => candidate.id === id);
    if (allocation !== undefined) {
      return found('id', allocation);
    }
    throw notFound(`No allocation has the id ${text}.`, { id });
  }

  const port = wholeNumber(text);
  const atPort = snapshot.allocations.find((candidate) => candidate.port === port);
  if (atPort !== undefined) {
    return found('port', atPort);
  }

  const named = snapshot.allocations.flatMap((allocation) =>
    pairsOf(allocation)
      .filter(({ service }) => service === text)
      .map((pair) => ({ allocation, pair })),
  );
  const here = named.find(({ pair }) => pair.workspace === workspace.workspace);
  if (here !== undefined) {
    return found('name', here.allocation, here.pair);
  }
  const meant = [...new Set(named.map(({ allocation }) => allocation))];
  const [first, second] = meant;
  if (first !== undefined && second === undefined) {
    return found('name', first, named.length === 1 ? named[0]?.pair : undefined);
  }
  if (first !== undefined) {
    throw ambiguous(text, workspace.workspace, meant);
  }
  throw port === undefined
    ? notFound(`No service named "${text}" has a port.`, { service: text })
    : notFound(`Styxy gave port ${text} to nobody.`, { port });
}

function notFound(message: string, details: Record<string, unknown>): StyxyError {
  return new StyxyError(
    'allocation_not_found',
    `${message} "styxy list" shows what is allocated.`,
    { details },
  );
}

function ambiguous(service: string, caller: string, views: readonly AllocationView[]): StyxyError {
  const candidates = views.map(({ id, port, workspace }) => ({ id, port, service, workspace }));
  return new StyxyError(
    'invalid_argument',
    `"${service}" has ${candidates.length} ports in other workspaces and none in ${caller}. ` +
      'Say which by the port or the id.',
    { details: { candidates } },
  );
}
