import * as vscode from 'vscode';
import { loadModule } from '../../platform/fs/runtime';
import { systemPathsOptions } from '../../platform/home/paths';
import type { lookAtRefusedHome } from '../../platform/doctor/machineFacts';
import { AuditDocuments } from '../pages/auditDocuments';
import type { Connection } from '../window/connection';
import { DoctorDocuments } from '../pages/doctorDocuments';
import type { Services } from '../window/services';
import { workerScript } from '../window/workerScript';

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
  const auditLog = new AuditDocuments(connection);
  const doctor = new DoctorDocuments({
    connection,
    lookAtRefusedHome: async () => {
      // Seldom needed, and not small: it is in the script that leads.
      const script = loadModule(workerScript(context)) as WorkerScript;
      return script.lookAtRefusedHome(systemPathsOptions({ development }));
    },
  });
  context.subscriptions.push(auditLog, doctor);
  return { auditLog, doctor };
}
