import * as vscode from 'vscode';
import { lookAtRefusedHome } from '../platform/refusedHome';
import { systemPathsOptions } from '../platform/paths';
import { AuditDocuments } from './audit/auditDocuments';
import type { Connection } from './connection';
import { DoctorDocuments } from './doctor/doctorDocuments';

/** What is shown as read-only documents. */
export interface Pages {
  readonly auditLog: AuditDocuments;
  readonly doctor: DoctorDocuments;
}

export function createPages(context: vscode.ExtensionContext, connection: Connection): Pages {
  const development = context.extensionMode !== vscode.ExtensionMode.Production;
  const auditLog = new AuditDocuments(connection);
  const doctor = new DoctorDocuments({
    connection,
    lookAtRefusedHome: () => lookAtRefusedHome(systemPathsOptions({ development })),
  });
  context.subscriptions.push(auditLog, doctor);
  return { auditLog, doctor };
}
