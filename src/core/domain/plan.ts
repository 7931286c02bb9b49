/** The plan of a workspace, `styxy.json`, as typed and validated data. */
import type { Protocol } from './catalogue';
import type { FileProblem } from './configuration';
import { show } from './describe';
import { StyxyError } from './errors';
import type { Planned, PlanNote } from './model';
import { given } from './schema';

/** The plan's file name, at a workspace's root. */
export const PLAN_FILE = 'styxy.json';

/** A longer file is no plan: in bytes on disk, in characters of the text. */
export const PLAN_MAX_BYTES = 1024 * 1024;

/** More than a workspace needs, and few enough for one commit and one message. */
export const MAX_PLANNED_SERVICES = 256;

export interface PlannedService {
  readonly name: string;
  /** Whether there is such a type is for the configuration to say. */
  readonly type?: string;
  /** 1024-65535. */
  readonly port?: number;
  /** That port or none; never without `port`. */
  readonly exact: boolean;
  /** Environment variables that carry the port beside `STYXY_PORT_<SERVICE>`. */
  readonly env: readonly string[];
  /** A path, `/healthz`, or a whole http or https URL of this machine. */
  readonly health?: string;
  readonly protocol?: Protocol;
}

export interface Plan {
  /** By name, in the order of the file. */
  readonly services: ReadonlyMap<string, PlannedService>;
  /**
   * Dotenv files by their path from the workspace's root, with `/`; each has keys and values, in
   * which `${service}` stands for a port.
   */
  readonly files: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Name of an instance template. */
  readonly template?: string;
}

/** `services.web.env[0]`, `files[".env.local"].PORT`; empty for the whole file. */
export function jsonPath(path: FileProblem['path']): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') {
        return `[${step}]`;
      }
      if (!/^[A-Za-z_$][\w$-]{0,63}$/.test(step)) {
        return `[${show(step)}]`;
      }
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}

/**
 * Code `invalid_config`: the plan in `file` cannot be used. `problems` has at least one error;
 * `details` carries all of them, and `path` is the JSON path of the first error.
 */
export function invalidPlan(file: string, problems: readonly FileProblem[]): StyxyError {
  return invalidFile('plan', file, problems);
}

/** As `invalidPlan`, for either file. */
export function invalidFile(
  what: 'plan' | 'configuration',
  file: string,
  problems: readonly FileProblem[],
): StyxyError {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const path = jsonPath(first?.path ?? []);
  const where = path === '' ? '' : ` at ${path}`;
  const right = first?.example === undefined ? '' : ` Right would be: ${first.example}.`;
  const others = errors.length - 1;
  const count = others === 1 ? 'is 1 more error' : `are ${others} more errors`;
  const more = others > 0 ? ` There ${count} in it.` : '';
  return new StyxyError(
    'invalid_config',
    `The ${what} ${file} cannot be used${where}. ${first?.message ?? 'It cannot be read.'}${right}${more}`,
    { details: { file, path, problems } },
  );
}

export function planNoteOf({ port, health, protocol }: PlanNote): PlanNote {
  return given({ port, health, protocol });
}

export function isSameNote(before: PlanNote | undefined, after: PlanNote): boolean {
  return (
    before !== undefined &&
    before.port === after.port &&
    before.health === after.health &&
    before.protocol === after.protocol
  );
}

/** What a request says of a service that is planned. */
export function plannedOf(service: Omit<PlannedService, 'name' | 'env'>): Planned {
  const { port, exact } = service;
  return { ...planNoteOf(service), ...(port !== undefined && exact ? { exact } : {}) };
}
