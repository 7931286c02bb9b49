import type { Coordinator } from '../../core/messages/coordinator';
import { StyxyError } from '../../core/domain/errors';
import type { Allocation, Observation } from '../../core/domain/model';
import type { AllocateAnswer } from '../../core/messages/requests';
import { allocationLines } from '../render/allocation';
import { allocationJson } from '../render/json';
import { tellProblems } from '../target/tellProblems';
import { isForWantOfType, plannedService } from '../target/planned';
import { printJson, takePart, note } from '../run/run';
import type { Run } from '../run/run';
import { chooseWorkspace, tellWorkspace } from '../target/workspace';

export interface AllocateOptions {
  readonly type?: string;
  readonly name?: string;
  readonly port?: number;
  readonly exact?: boolean;
  readonly template?: string;
  readonly project?: string;
}

/** `styxy allocate`: the port of a service, with everything that is known of it. */
export async function allocate(run: Run, options: AllocateOptions): Promise<void> {
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
  await takePart(run, async (coordinator) => {
    const answer = await ask(run, coordinator, { ...options, service });
    const allocation = await observed(run, coordinator, answer);
    if (run.json) {
      printJson(run, allocationJson(allocation, answer));
      return;
    }
    run.terminal.result(...allocationLines(run, allocation));
  });
}

export interface PortOptions {
  readonly type?: string;
  readonly template?: string;
  readonly project?: string;
}

/** `styxy port`: the number alone, for `$(...)`. */
export async function port(run: Run, service: string, options: PortOptions): Promise<void> {
  await takePart(run, async (coordinator) => {
    const answer = await ask(run, coordinator, { ...options, service });
    if (run.json) {
      const allocation = await observed(run, coordinator, answer);
      printJson(run, allocationJson(allocation, answer));
      return;
    }
    run.terminal.result(String(answer.allocation.port));
  });
}

async function ask(
  run: Run,
  coordinator: Coordinator,
  options: AllocateOptions & { readonly service: string },
): Promise<AllocateAnswer> {
  const signal = run.cancel;
  // Only a workspace that has to be found depends on what the windows have open.
  const participants =
    options.project === undefined ? (await coordinator.status({ signal })).participants : [];
  const chosen = await chooseWorkspace(run, participants, options.project);
  tellWorkspace(run, chosen);
  const { facts, broken } = await plannedService(run, chosen.workspace, options.service);
  const request = {
    ...facts,
    workspace: chosen.workspace,
    service: options.service,
    ...(options.type === undefined ? {} : { serviceType: options.type }),
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.exact === undefined ? {} : { exact: options.exact }),
    ...(options.template === undefined ? {} : { template: options.template }),
  };
  try {
    const answer = await coordinator.allocate(request, { signal });
    tellProblems(run, coordinator);
    note(run, answer.message);
    return answer;
  } catch (error) {
    const wanted = options.type === undefined && isForWantOfType(error);
    throw broken !== undefined && wanted ? broken : error;
  }
}

/** A port that was given just now was free just now; an older one is looked at. */
async function observed(
  run: Run,
  coordinator: Coordinator,
  { allocation, existing, adopted }: AllocateAnswer,
): Promise<Allocation & Observation> {
  if (!existing && adopted !== true) {
    return { ...allocation, state: 'reserved' };
  }
  const inspected = await coordinator.inspect({ port: allocation.port }, { signal: run.cancel });
  return inspected.allocation?.id === allocation.id
    ? inspected.allocation
    : { ...allocation, state: 'reserved' };
}
