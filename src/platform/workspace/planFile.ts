import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { StyxyError } from '../../core/domain/errors';
import { PLAN_FILE, PLAN_MAX_BYTES, invalidPlan } from '../../core/domain/plan';
import { planTooLong } from '../../core/plan/readPlan';
import { canonicalOf, pathBelow } from '../fs/canonicalPath';
import { storageError } from '../fs/storageError';

export type PlanFile =
  | { readonly kind: 'absent' }
  /** `path` is that of the plan in the workspace, also if it is a symlink. */
  | { readonly kind: 'read'; readonly path: string; readonly text: string };

/**
 * The text of a workspace's plan. Errors: `invalid_config` for what is no file, too long or a
 * symlink that leads out of the workspace, `permission_denied`, `storage_unavailable`.
 */
export async function readPlanFile(workspace: string): Promise<PlanFile> {
  const path = join(workspace, PLAN_FILE);
  try {
    const [root, target] = await Promise.all([canonicalOf(workspace), canonicalOf(path)]);
    if (root === undefined || target === undefined) {
      return { kind: 'absent' };
    }
    if (pathBelow(root, target) === undefined) {
      throw noPlan(
        path,
        `it is a link to ${target}, outside the workspace. Put the plan itself there.`,
      );
    }
    return { kind: 'read', path, text: await readWhole(path, target) };
  } catch (error) {
    throw await storageError(error, { action: 'read', path });
  }
}

async function readWhole(path: string, target: string): Promise<string> {
  // A pipe of that name would otherwise be waited for.
  const file = await open(target, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = await file.stat();
    if (!found.isFile()) {
      throw noPlan(path, 'it is not a file. Rename it.');
    }
    if (found.size > PLAN_MAX_BYTES) {
      throw invalidPlan(path, [planTooLong()]);
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function noPlan(path: string, reason: string): StyxyError {
  return new StyxyError('invalid_config', `The plan ${path} cannot be used: ${reason}`, {
    details: { file: path },
  });
}
