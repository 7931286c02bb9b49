import { StyxyError } from '../core/errors';
import type { AllocationView } from '../core/model';
import type { Snapshot } from '../core/requests';
import { wholeNumber } from './arguments';
import { chooseWorkspace } from './workspace';
import type { ChosenWorkspace } from './workspace';
import type { Run } from './run';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** An allocation that a person named, and how. */
export interface Target {
  readonly allocation: AllocationView;
  readonly by: 'id' | 'port' | 'name';
  readonly workspace: ChosenWorkspace;
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
  const found = (by: Target['by'], allocation: AllocationView): Target => ({
    allocation,
    by,
    workspace,
    own: by === 'id' || allocation.workspace === workspace.workspace,
  });

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

  const named = snapshot.allocations.filter((candidate) => candidate.service === text);
  const [here] = named.filter((candidate) => candidate.workspace === workspace.workspace);
  const [first, second] = named;
  if (here !== undefined) {
    return found('name', here);
  }
  if (first !== undefined && second === undefined) {
    return found('name', first);
  }
  if (first !== undefined) {
    throw ambiguous(text, workspace.workspace, named);
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

function ambiguous(
  service: string,
  workspace: string,
  candidates: readonly AllocationView[],
): StyxyError {
  return new StyxyError(
    'invalid_argument',
    `"${service}" is a service of ${candidates.length} workspaces, none of them ${workspace}. ` +
      'Say which by its port or its id.',
    {
      details: {
        candidates: candidates.map(({ id, port, workspace: where }) => ({
          id,
          port,
          service,
          workspace: where,
        })),
      },
    },
  );
}
