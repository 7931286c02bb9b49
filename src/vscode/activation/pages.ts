import * as vscode from 'vscode';
import { loadModule } from '../../platform/fs/runtime';
import { systemPathsOptions } from '../../platform/home/paths';
import type { lookAtRefusedHome } from '../../platform/doctor/machineFacts';
import { auditDocuments, doctorDocuments } from '../pages/documents';
import type { Connection } from '../window/connection';
import type { Services } from '../window/services';
import { workerScript } from '../window/start';

/** What `leaderWorker.ts` exports. */
interface WorkerScript {
  readonly lookAtRefusedHome: typeof lookAtRefusedHome;
}

/** What is shown as read-only documents. */
export function createPages(
  context: vscode.ExtensionContext,
  connection: Connection,
): Pick<Services, 'auditLog' | 'doctor'> {
  const development = context.extensionMode !== vscode.ExtensionMode.Production;
  const auditLog = auditDocuments(connection);
  const doctor = doctorDocuments(connection, async () => {
    // Seldom needed, and not small: it is in the script that leads.
    const script = loadModule(workerScript(context)) as WorkerScript;
    return script.lookAtRefusedHome(systemPathsOptions({ development }));
  });
  context.subscriptions.push(auditLog, doctor);
  return { auditLog, doctor };
}
