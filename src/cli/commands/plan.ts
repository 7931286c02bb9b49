import { join } from 'node:path';
import { errorGroup, EXIT_CODES, StyxyError, toStyxyError } from '../../core/domain/errors';
import type { AllocationView } from '../../core/domain/model';
import { PLAN_FILE } from '../../core/domain/plan';
import type { AllocateAnswer, Snapshot } from '../../core/messages/requests';
import { planRequest } from '../../core/messages/planRequest';
import { valuesOf } from '../../core/plan/renderDotenv';
import { planTable, portsJson, tellFiles, tellLeft, type RenderedFile } from '../render/plan';
import { problemLines } from '../render/problems';
import { allocationJson } from '../render/json';
import { shortPath } from '../run/text';
import { hint, type JoinedRun, note, printJson, type Run, takePart } from '../run/run';
import { showProblems } from '../target/activeConfiguration';
import { chooseWorkspace, joinedSnapshot, showWorkspace } from '../target/workspace';
import { PROJECT_OPTION, TEMPLATE_OPTION, type CommandSpec } from './command';
import { compare, leftServices } from './planComparison';
import { loadPlan, noPlan, type PlanOf } from '../target/loadPlan';

interface PlanOptions {
  readonly project?: string;
  readonly check?: boolean;
  readonly write?: boolean;
  readonly template?: string;
}

export const PLAN: CommandSpec = {
  name: 'plan',
  summary: "get the ports of all services in the workspace's styxy.json",
  description:
    'Get ports for all services that styxy.json of the workspace declares, or for none of them. ' +
    'With --write also its dotenv files; with --check only tell what is not as planned.',
  options: [
    ['--check', 'allocate nothing; tell what is not as planned'],
    ['--write', 'write the dotenv files that the plan names'],
    TEMPLATE_OPTION,
    PROJECT_OPTION,
  ],
  examples: [
    'styxy plan --check                 exit code 3 if something is not as planned',
    `eval "$(styxy plan --json | jq -r '.environment | to_entries[] | "export \\(.key)=\\(.value)"')"`,
  ],
  action: plan,
};

/** Answers the exit code: a workspace that is not as planned is a result of `--check`. */
async function plan(run: Run, options: PlanOptions): Promise<number> {
  if (options.check === true && options.write === true) {
    throw new StyxyError(
      'invalid_argument',
      '--check changes nothing, so --write does not go with it. Leave one of them out.',
    );
  }
  return takePart(run, async (joined) => {
    // A comparison needs the present states; an allocation only who takes part.
    const snapshot =
      options.check === true
        ? await joined.coordinator.list({ signal: run.cancel })
        : await joinedSnapshot(joined);
    const chosen = await chooseWorkspace(run, snapshot.participants, options.project);
    showWorkspace(run, chosen);
    showProblems(joined);
    const planned = await load(run, chosen.workspace);
    return options.check === true
      ? check(run, planned, snapshot)
      : allocate(joined, planned, options);
  });
}

/** The plan, after all that is wrong in it was printed. Errors: `invalid_config`, as `loadPlan`. */
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
  run: JoinedRun,
  { plan, workspace }: PlanOf,
  options: PlanOptions,
): Promise<number> {
  const { coordinator, cancel: signal } = run;
  const services = [...plan.services.values()];
  const { answers } = await coordinator.allocatePlan(
    planRequest(workspace, plan, options.template ?? plan.template),
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
    const rows = granted.map(({ service, answer: { existing }, view }) => {
      return { ...view, service, existing };
    });
    run.terminal.result(...planTable(run, plan, rows));
  }
  note(run, ...answers.filter(isRemarkable).map(({ message }) => message));
  tellLeft(run, left);
  tellFiles(run, files);
  return filesExitCode(files);
}

/** There is more to say of it than its port. */
function isRemarkable({ wish, movedFrom, shared, autoAllocated }: AllocateAnswer): boolean {
  return [wish, movedFrom, shared, autoAllocated].some((fact) => fact !== undefined);
}

function viewOf({ allocation }: AllocateAnswer, views: readonly AllocationView[]): AllocationView {
  return views.find(({ id }) => id === allocation.id) ?? { ...allocation, state: 'reserved' };
}

/** Ports are missing, or are others: the exit code of that group. */
const NOT_AS_PLANNED = EXIT_CODES.port;

/** What is not as planned. Answers the exit code. */
async function check(run: Run, { plan, workspace }: PlanOf, snapshot: Snapshot): Promise<number> {
  const { present, missing, differing, left } = compare(plan, workspace, snapshot.allocations);
  const ports = new Map(present.map(({ service, allocation }) => [service, allocation.port]));
  const files = await renderFiles(run, { plan, workspace, ports }, false);
  const asPlanned =
    [missing, differing, left].every(({ length }) => length === 0) &&
    files.every(({ state }) => state === 'same');
  if (run.json) {
    printJson(run, {
      workspace,
      asPlanned,
      allocations: present.map(({ allocation }) => allocationJson(allocation)),
      ...portsJson(plan, ports),
      missing,
      differing,
      left,
      files,
    });
  } else {
    const byService = new Map(present.map(({ service, allocation }) => [service, allocation]));
    // The allocation's own name is another one if it is shared.
    const rows = [...plan.services.keys()].map((service) => ({
      ...byService.get(service),
      service,
    }));
    if (rows.length > 0) {
      run.terminal.result(...planTable(run, plan, rows));
    }
    if (missing.length > 0) {
      note(run, `Without a port: ${missing.join(', ')}. Allocate them: styxy plan`);
    }
    note(run, ...differing.map(({ message }) => message));
    tellLeft(run, left);
    tellFiles(run, files);
    hint(run, asPlanned ? 'All is as planned.' : 'Not all is as planned.');
  }
  return filesExitCode(files) || (asPlanned ? 0 : NOT_AS_PLANNED);
}

/** Renders all dotenv files, or tries to, one after the other; a refused one stops none. */
async function renderFiles(
  run: Run,
  { plan, workspace, ports }: RenderOptions,
  write: boolean,
): Promise<readonly RenderedFile[]> {
  const files: RenderedFile[] = [];
  for (const path of plan.files.keys()) {
    try {
      files.push(await renderOne(run, { plan, workspace, ports }, path, write));
    } catch (error) {
      files.push({ path, state: 'refused', shadowed: [], error: toStyxyError(error).toJSON() });
    }
  }
  return files;
}

interface RenderOptions extends PlanOf {
  readonly ports: ReadonlyMap<string, number>;
}

async function renderOne(
  run: Run,
  { plan, workspace, ports }: RenderOptions,
  path: string,
  write: boolean,
): Promise<RenderedFile> {
  const { values, omitted } = valuesOf(plan, path, ports);
  const { kind, shadowed } = await run.files[write ? 'write' : 'preview'](workspace, path, values);
  // A key without its port comes with the port.
  if (kind === 'same' && omitted.size === 0) {
    return { path, state: 'same', shadowed };
  }
  if (!write) {
    return { path, state: 'would-change', shadowed };
  }
  const tracked = await run.files.isTracked(workspace, path);
  return { path, state: 'written', shadowed, ...(tracked ? { tracked } : {}) };
}

/** That of the first file which was refused. */
function filesExitCode(files: readonly RenderedFile[]): number {
  const refused = files.find(({ error }) => error !== undefined)?.error;
  return refused === undefined ? 0 : EXIT_CODES[errorGroup(refused.code)];
}
