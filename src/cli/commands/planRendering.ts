/** The dotenv files of a plan: what rendering does to them, or would. */
import { errorGroup, EXIT_CODES, toStyxyError } from '../../core/domain/errors';
import type { Plan } from '../../core/domain/plan';
import { valuesOf } from '../../core/plan/renderDotenv';
import type { RenderedFile } from '../render/plan';
import type { Run } from '../run/run';

/** Renders all files with ports by service, one after the other; a refused one stops none. */
export async function renderFiles(
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

export interface RenderOptions {
  readonly plan: Plan;
  readonly workspace: string;
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
export function filesExitCode(files: readonly RenderedFile[]): number {
  const refused = files.find(({ error }) => error !== undefined)?.error;
  return refused === undefined ? 0 : EXIT_CODES[errorGroup(refused.code)];
}
