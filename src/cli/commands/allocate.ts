import { StyxyError } from '../../core/domain/errors';
import { pairsOf, type Allocation, type AllocationView, type Pair } from '../../core/domain/model';
import { given } from '../../core/domain/schema';
import type { AllocateAnswer, InspectAnswer } from '../../core/messages/requests';
import { allocationLines } from '../render/allocation';
import { allocationJson } from '../render/json';
import { parseName, parsePort, parseType } from '../run/arguments';
import { type JoinedRun, note, type Run, takePart } from '../run/run';
import { showProblems } from '../target/activeConfiguration';
import { isForWantOfType, plannedService } from '../target/loadPlan';
import { chooseWorkspace, joinedSnapshot, showWorkspace } from '../target/workspace';
import { PROJECT_OPTION, TEMPLATE_OPTION, type CommandSpec } from './command';
import { printResult } from './result';

interface PortOptions {
  readonly type?: string;
  readonly template?: string;
  readonly project?: string;
}

interface AllocateOptions extends PortOptions {
  readonly name?: string;
  readonly port?: number;
  readonly exact?: boolean;
}

export const ALLOCATE: CommandSpec = {
  name: 'allocate',
  description:
    'Get the port of a service, a new one if it has none. Asking again gives the same port. ' +
    'The type decides the range; without -s it is taken from the plan, the name or last time. ' +
    'A type that nobody declared gets a range of its own.',
  options: [
    ['-s, --type <type>', 'service type: dev, api, database, ...', parseType],
    ['-n, --name <service>', 'service name; the type by default', parseName],
    ['-p, --port <port>', 'port to prefer', parsePort],
    ['--exact', 'that port or an error'],
    TEMPLATE_OPTION,
    PROJECT_OPTION,
  ],
  examples: [
    'styxy allocate -s dev              a port for the service "dev"',
    'styxy allocate -n web -s dev       a port of the dev range for the service "web"',
    'styxy allocate -n web -p 5173      5173 if it is free',
  ],
  action: allocate,
};

export const PORT: CommandSpec = {
  name: 'port',
  description:
    'Print the port of a service and nothing else; a new one if it has none. ' +
    'With --json the whole allocation, as "allocate" prints it.',
  arguments: [['<service>', 'service name', parseName]],
  options: [
    ['-s, --type <type>', 'service type, if the name alone does not tell', parseType],
    TEMPLATE_OPTION,
    PROJECT_OPTION,
  ],
  examples: [
    'PORT=$(styxy port api) node server.js',
    'npx vite --port "$(styxy port web -s dev)" --strictPort',
  ],
  ask: port,
};

/** With everything that is known of the port. */
async function allocate(run: Run, options: AllocateOptions): Promise<void> {
  const service = options.name ?? options.type;
  if (service === undefined) {
    throw new StyxyError(
      'invalid_argument',
      'Say which service: its name with -n, its type with -s, or both. ' +
        'For example: styxy allocate -n web -s dev',
    );
  }
  if (options.exact === true && options.port === undefined) {
    throw new StyxyError(
      'invalid_argument',
      '--exact goes with a port. For example: styxy allocate -n web -p 5173 --exact',
    );
  }
  await takePart(run, async (joined) => {
    const { answer, view } = await ask(joined, { ...options, service });
    printResult(run, allocationJson(view, answer), ...allocationLines(run, view));
  });
}

/** The number alone, for `$(...)`; what the port does is not looked at for it. */
async function port(run: JoinedRun, service: string, options: PortOptions): Promise<void> {
  const { answer, view } = await ask(run, { ...options, service }, run.json);
  printResult(run, allocationJson(view, answer), String(view.port));
}

/**
 * One round trip in the usual case: who takes part is known since this run joined, and a port that
 * the service had then is looked at while the leader decides.
 */
async function ask(
  run: JoinedRun,
  options: AllocateOptions & { readonly service: string },
  looks = true,
): Promise<{ readonly answer: AllocateAnswer; readonly view: AllocationView }> {
  const { coordinator, cancel: signal } = run;
  const { service, type: serviceType, port, exact, template } = options;
  const { participants, allocations } = await joinedSnapshot(run);
  const chosen = await chooseWorkspace(run, participants, options.project);
  const { workspace } = chosen;
  showWorkspace(run, chosen);
  const { facts, broken } = await plannedService(run, workspace, service);
  const request = {
    ...facts,
    workspace,
    service,
    ...given({ serviceType, port, exact, template }),
  };
  const isOwn = (each: Pair): boolean => each.workspace === workspace && each.service === service;
  const known = looks ? allocations.find((each) => pairsOf(each).some(isOwn)) : undefined;
  try {
    const [answer, seen] = await Promise.all([
      coordinator.allocate(request, { signal }),
      known && coordinator.inspect({ port: known.port }, { signal }).catch(() => undefined),
    ]);
    showProblems(run);
    note(run, answer.message);
    const view = looks ? await viewOf(run, answer, seen) : reserved(answer.allocation);
    return { answer, view };
  } catch (error) {
    const wanted = serviceType === undefined && isForWantOfType(error);
    throw broken !== undefined && wanted ? broken : error;
  }
}

/** A port that was given just now was free just now; an older one is looked at. */
async function viewOf(
  { coordinator, cancel: signal }: JoinedRun,
  { allocation, existing, adopted }: AllocateAnswer,
  seen: InspectAnswer | undefined,
): Promise<AllocationView> {
  if (!existing && adopted !== true) {
    return reserved(allocation);
  }
  const { id, port: at } = allocation;
  const before = seen?.allocation;
  // One that was orphaned when it was looked at has a holder since: this run.
  if (before?.id === id && before.port === at && before.state !== 'orphaned') {
    return { ...before, ...allocation };
  }
  const now = (await coordinator.inspect({ port: at }, { signal })).allocation;
  return now?.id === id ? now : reserved(allocation);
}

function reserved(allocation: Allocation): AllocationView {
  return { ...allocation, state: 'reserved' };
}
