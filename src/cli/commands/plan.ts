import { join } from 'node:path';
import type { Coordinator } from '../../core/messages/coordinator';
import { StyxyError } from '../../core/domain/errors';
import type { AllocationView } from '../../core/domain/model';
import { PLAN_FILE, plannedOf } from '../../core/domain/plan';
import type { AllocateAnswer } from '../../core/messages/requests';
import { planTable, portsJson, tellFiles, tellLeft } from '../render/plan';
import { problemLines } from '../render/problems';
import { allocationJson } from '../render/json';
import { shortPath } from '../run/text';
import { tellProblems } from '../target/tellProblems';
import { printJson, hint, takePart, note } from '../run/run';
import type { Run } from '../run/run';
import { chooseWorkspace, tellWorkspace } from '../target/workspace';
import { check } from './planCheck';
import { leftServices } from './planComparison';
import { loadPlan, noPlan } from '../target/loadPlan';
import type { PlanOf } from '../target/loadPlan';
import { filesExitCode, renderFiles } from './planRendering';

export interface PlanOptions {
  readonly project?: string;
  readonly check?: boolean;
  readonly write?: boolean;
  readonly template?: string;
}

/**
 * `styxy plan`: ports for all services of the workspace's plan, or for none of them. Answers the
 * exit code: a workspace that is not as planned is a result of `--check`, not a failure.
 */
export async function plan(run: Run, options: PlanOptions): Promise<number> {
  if (options.check === true && options.write === true) {
    throw new StyxyError(
      'invalid_argument',
      '--check changes nothing, so --write does not go with it. Leave one of them out.',
    );
  }
  return takePart(run, async (coordinator) => {
    const snapshot = await coordinator.list({ signal: run.cancel });
    const chosen = await chooseWorkspace(run, snapshot.participants, options.project);
    tellWorkspace(run, chosen);
    tellProblems(run, coordinator);
    const planned = await load(run, chosen.workspace);
    return options.check === true
      ? check(run, planned, snapshot)
      : allocate(run, coordinator, planned, options);
  });
}

/** The plan, with all that is wrong in it told. Errors: `invalid_config`, as `loadPlan`. */
async function load(run: Run, workspace: string): Promise<PlanOf> {
  const loaded = await loadPlan(run, workspace);
  if (loaded.kind === 'absent') {
    throw noPlan(workspace);
  }
  const file = shortPath(join(workspace, PLAN_FILE), run.userHome);
  if (!run.json) {
    const { noteStyle } = run.terminal;
    const lines = loaded.problems.flatMap((problem) => problemLines(problem, file, noteStyle));
    run.terminal.note(...lines);
  }
  if (loaded.kind === 'broken') {
    throw loaded.error;
  }
  return { workspace, plan: loaded.plan };
}

async function allocate(
  run: Run,
  coordinator: Coordinator,
  { plan, workspace }: PlanOf,
  options: PlanOptions,
): Promise<number> {
  const signal = run.cancel;
  const services = [...plan.services.values()];
  const template = options.template ?? plan.template;
  const { answers } = await coordinator.allocatePlan(
    {
      workspace,
      services: services.map((service) => ({
        service: service.name,
        ...(service.type === undefined ? {} : { serviceType: service.type }),
        ...plannedOf(service),
      })),
      ...(template === undefined ? {} : { template }),
    },
    { signal },
  );
  const { allocations } = await coordinator.list({ signal });
  const granted = answers.map((answer, index) => ({
    service: services[index]?.name ?? answer.allocation.service,
    answer,
    view: viewOf(answer, allocations),
  }));
  const ports = new Map(granted.map(({ service, view }) => [service, view.port]));
  const files = await renderFiles(run, { plan, workspace, ports }, options.write === true);
  const left = leftServices(plan, workspace, allocations);
  if (run.json) {
    printJson(run, {
      workspace,
      allocations: granted.map(({ view, answer }) => allocationJson(view, answer)),
      ...portsJson(plan, ports),
      left,
      files,
    });
    return filesExitCode(files);
  }
  if (granted.length === 0) {
    hint(run, 'The plan declares no services.');
  } else {
    const rows = granted.map(({ service, answer, view }) => ({
      service,
      port: view.port,
      serviceType: view.serviceType,
      state: view.state,
      existing: answer.existing,
    }));
    run.terminal.result(...planTable(run, plan, rows));
  }
  note(run, ...answers.filter(isRemarkable).map(({ message }) => message));
  tellLeft(run, left);
  tellFiles(run, files);
  return filesExitCode(files);
}

/** It has more to tell than its port. */
function isRemarkable({ wish, movedFrom, shared, autoAllocated }: AllocateAnswer): boolean {
  return [wish, movedFrom, shared, autoAllocated].some((fact) => fact !== undefined);
}

function viewOf({ allocation }: AllocateAnswer, views: readonly AllocationView[]): AllocationView {
  return views.find(({ id }) => id === allocation.id) ?? { ...allocation, state: 'reserved' };
}
