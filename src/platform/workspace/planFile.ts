import { join } from 'node:path';
import { StyxyError } from '../../core/domain/errors';
import { PLAN_FILE, PLAN_MAX_BYTES, invalidPlan } from '../../core/domain/plan';
import { planTooLong } from '../../core/plan/readPlan';
import { storageStep } from '../fs/errors';
import { canonicalOf, pathBelow, readRegularFile } from '../fs/files';

export type PlanFile =
  | { readonly kind: 'absent' }
  /** `path` is that of the plan in the workspace, also if it is a symlink. */
  | { readonly kind: 'read'; readonly path: string; readonly text: string };

/**
 * The text of a workspace's plan. Errors: `invalid_config` for what is no file, too long or a
 * symlink that leads out of the workspace, `permission_denied`, `storage_unavailable`.
 */
export function readPlanFile(workspace: string): Promise<PlanFile> {
  const path = join(workspace, PLAN_FILE);
  return storageStep({ action: 'read', path }, async () => {
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
    const found = await readRegularFile(target, PLAN_MAX_BYTES);
    switch (found.kind) {
      case 'no-file':
        throw noPlan(path, 'it is not a file. Rename it.');
      case 'too-long':
        throw invalidPlan(path, [planTooLong()]);
      case 'read':
        return { kind: 'read', path, text: found.bytes.toString('utf8') };
    }
  });
}

function noPlan(path: string, reason: string): StyxyError {
  return new StyxyError('invalid_config', `The plan ${path} cannot be used: ${reason}`, {
    details: { file: path },
  });
}
