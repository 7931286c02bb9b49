import * as vscode from 'vscode';
import { allocatePlan } from './allocatePlan';
import { createPlan } from './createPlan';
import type { Services } from '../window/services';
import { addPortVariable } from './addPortVariable';
import { allocatePort } from './allocatePort';
import { setAutoAllocation, undoAutoAllocation } from './autoAllocation';
import { copyPort, copyUrl, openInBrowser } from './copyAndOpen';
import { copyDiagnostics } from './copyDiagnostics';
import { handOverLeadership } from './handOverLeadership';
import type { CommandId } from '../window/contributions';
import { inspectPort } from './inspectPort';
import { movePort } from './movePort';
import { moveToFreePort } from './moveToFreePort';
import { openConfiguration } from './openConfiguration';
import { showProblem } from '../prompts/problems';
import { releasePort } from '../prompts/changePort';
import { releaseWorkspacePorts } from './releaseWorkspacePorts';
import { showAuditLog } from './showAuditLog';

type Handler = (services: Services, passed: unknown) => Promise<void>;

/** Every command has a handler here, or this does not compile. */
const HANDLERS: Readonly<Record<CommandId, Handler>> = {
  'styxy.allocatePort': allocatePort,
  'styxy.releasePort': releasePort,
  'styxy.inspectPort': inspectPort,
  'styxy.movePort': movePort,
  'styxy.moveToFreePort': moveToFreePort,
  'styxy.releaseWorkspacePorts': releaseWorkspacePorts,
  'styxy.copyPort': copyPort,
  'styxy.copyUrl': copyUrl,
  'styxy.openInBrowser': openInBrowser,
  'styxy.addPortVariable': addPortVariable,
  'styxy.allocatePlan': allocatePlan,
  'styxy.createPlan': createPlan,
  'styxy.undoAutoAllocation': undoAutoAllocation,
  'styxy.enableAutoAllocation': (services) => setAutoAllocation(services, true),
  'styxy.disableAutoAllocation': (services) => setAutoAllocation(services, false),
  'styxy.openConfiguration': openConfiguration,
  'styxy.showAuditLog': showAuditLog,
  'styxy.diagnose': ({ doctor }) => doctor.show('doctor'),
  'styxy.showRecoveryReport': ({ doctor }) => doctor.show('recovery'),
  'styxy.handOverLeadership': handOverLeadership,
  'styxy.copyDiagnostics': copyDiagnostics,
  '_styxy.showLog': (services) => Promise.resolve(services.log.show()),
};

/** Errors of a command are shown, with what to do next, and never thrown at the palette. */
export function registerCommands(services: Services): vscode.Disposable {
  return vscode.Disposable.from(
    ...Object.entries(HANDLERS).map(([id, handler]) =>
      vscode.commands.registerCommand(id, async (passed: unknown) => {
        try {
          await handler(services, passed);
        } catch (thrown) {
          void showProblem(thrown, services.log);
        }
      }),
    ),
  );
}
