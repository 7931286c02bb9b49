import * as vscode from 'vscode';
import { PLAN_FILE } from '../../core/domain/plan';
import { SystemClock, SystemIds } from '../../platform/fs/runtime';
import { DotenvFiles } from '../../platform/workspace/dotenvFiles';
import { isTracked } from '../../platform/workspace/git';
import { readPlanFile } from '../../platform/workspace/planFile';
import type { FolderName } from '../text/folderName';
import { setting } from '../window/settings';
import { FileConsent } from './fileConsent';
import { askFiles, confirmFiles } from './planNotices';
import { PlanFiles } from './planFiles';
import { type PlanFolders, PlanReader } from './planReader';

/** A file that is saved, checked out or generated often changes several times at once. */
const QUIET_MS = 300;

/** The plans of the window's folders and what renders their files. Reads nothing yet. */
export function createPlans(
  context: Pick<vscode.ExtensionContext, 'subscriptions' | 'workspaceState'>,
  folders: PlanFolders,
  log: vscode.LogOutputChannel,
): { readonly plans: PlanReader; readonly planFiles: PlanFiles } {
  const plans = new PlanReader({
    folders,
    read: readPlanFile,
    watch: watchPlan,
    template: ({ path }) => setting('template', vscode.Uri.file(path)).trim() || undefined,
    log,
    quietMs: QUIET_MS,
  });
  context.subscriptions.push(plans);
  const planFiles = new PlanFiles({
    files: new DotenvFiles({ ids: new SystemIds(), clock: new SystemClock() }),
    isTracked: (workspace, path) => isTracked(workspace, path),
    isTrusted: () => vscode.workspace.isTrusted,
    consent: new FileConsent(context.workspaceState),
    ask: askFiles,
    confirm: confirmFiles,
    log,
  });
  return { plans, planFiles };
}

function watchPlan({ path }: FolderName, onChange: () => void): vscode.Disposable {
  const pattern = new vscode.RelativePattern(vscode.Uri.file(path), PLAN_FILE);
  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(onChange),
    watcher.onDidChange(onChange),
    watcher.onDidDelete(onChange),
  );
}
