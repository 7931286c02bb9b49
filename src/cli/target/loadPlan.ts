import { plain } from '../../core/domain/describe';
import { invalidPlan, type Plan, PLAN_FILE } from '../../core/domain/plan';
import { readPlan } from '../../core/plan/readPlan';
import { StyxyError } from '../../core/domain/errors';
import { planFields, type PlanFields } from '../../core/messages/planRequest';
import { problemJson, type ProblemJson } from '../render/problems';
import type { Run } from '../run/run';

export type LoadedPlan =
  | { readonly kind: 'absent' }
  /** `problems` are warnings. */
  | { readonly kind: 'read'; readonly plan: Plan; readonly problems: readonly ProblemJson[] }
  /** `error` is `invalid_config`, with all problems and their lines in `details.problems`. */
  | {
      readonly kind: 'broken';
      readonly error: StyxyError;
      readonly problems: readonly ProblemJson[];
    };

/** A plan that can be used, and whose it is. */
export interface PlanOf {
  readonly workspace: string;
  readonly plan: Plan;
}

/**
 * The plan of a workspace. Errors: `invalid_config` for what is no such file,
 * `permission_denied`, `storage_unavailable`.
 */
export async function loadPlan(run: Pick<Run, 'files'>, workspace: string): Promise<LoadedPlan> {
  const file = await run.files.readPlan(workspace);
  if (file.kind === 'absent') {
    return file;
  }
  const { path, text } = file;
  const reading = readPlan(text);
  const problems = reading.problems.map((problem) => problemJson(problem, text));
  if (reading.kind === 'read') {
    return { kind: 'read', plan: reading.plan, problems };
  }
  const { code, message, details } = invalidPlan(path, reading.problems);
  const error = new StyxyError(code, message, { details: { ...details, problems } });
  return { kind: 'broken', error, problems };
}

/** Code `invalid_config`: there is no plan where one is needed. */
export function noPlan(workspace: string): StyxyError {
  const example = '{ "services": { "web": { "type": "dev" } } }';
  return new StyxyError(
    'invalid_config',
    `There is no ${PLAN_FILE} in ${workspace}. Create one there, for example ${example}, ` +
      'or name another workspace with --project.',
    { details: { workspace, file: PLAN_FILE, example } },
  );
}

/** What a workspace's plan says of one service. */
interface PlannedService {
  readonly facts: PlanFields;
  /** The plan cannot be used: the error of a request that needs what it would have said. */
  readonly broken?: StyxyError;
}

/** A broken plan is reported, and the request goes on without it. */
export async function plannedService(
  run: Run,
  workspace: string,
  service: string,
): Promise<PlannedService> {
  const loaded = await loadPlan(run, workspace).catch(brokenBy);
  if (loaded.kind === 'broken') {
    const { error } = loaded;
    // With `--json` too: another port than the planned one would be a surprise.
    run.terminal.note(plain(`${error.message} It goes on without the plan.`));
    return { facts: {}, broken: error };
  }
  return { facts: planFields(loaded.kind === 'read' ? loaded.plan : undefined, service) };
}

/** A plan that cannot even be read is of no more use than one that is wrong. */
function brokenBy(error: unknown): LoadedPlan {
  if (error instanceof StyxyError) {
    return { kind: 'broken', error, problems: [] };
  }
  throw error;
}

/** Whether a refusal would not have been one, had the plan named the service's type. */
export function isForWantOfType(error: unknown): boolean {
  return (
    error instanceof StyxyError &&
    error.code === 'invalid_argument' &&
    error.details.field === 'serviceType'
  );
}
