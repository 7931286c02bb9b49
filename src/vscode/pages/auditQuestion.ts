import { t } from '@vscode/l10n';
import type { AuditQuery } from '../../core/domain/audit';
import { isRecord } from '../../core/domain/errors';
import { isServiceTypeName, isTcpPort, isWorkspace } from '../../core/domain/names';
import { folderName } from '../text/states';
import type { AuditQuestion } from '../window/services';

const HOUR_MS = 60 * 60_000;

/** Many times what a person reads; older entries are in the file. */
const LIMIT = 1_000;

export function queryOf(question: AuditQuestion, now: number): AuditQuery {
  switch (question.kind) {
    case 'all':
      return { limit: LIMIT };
    case 'hour':
      return { since: now - HOUR_MS, limit: LIMIT };
    case 'port':
      return { port: question.port, limit: LIMIT };
    case 'type':
      return { serviceType: question.serviceType, limit: LIMIT };
    case 'workspace':
      return { workspace: question.workspace, limit: LIMIT };
  }
}

/** What is shown, as a few words. */
export function questionText(question: AuditQuestion): string {
  switch (question.kind) {
    case 'all':
      return t('all entries');
    case 'hour':
      return t('the last hour');
    case 'port':
      return t('port {0}', question.port);
    case 'type':
      return t('type {0}', question.serviceType);
    case 'workspace':
      return t('workspace {0}', folderName(question.workspace));
  }
}

/** How the command line is asked the same. */
export function commandLineOf(question: AuditQuestion): string {
  switch (question.kind) {
    case 'all':
      return 'styxy audit';
    case 'hour':
      return 'styxy audit --since 1h';
    case 'port':
      return `styxy audit --port ${question.port}`;
    case 'type':
      return `styxy audit --type ${question.serviceType}`;
    case 'workspace':
      return `styxy audit --workspace ${JSON.stringify(question.workspace)}`;
  }
}

/** Reads a question from a link, a row or the address of a document; undefined for anything else. */
export function readQuestion(passed: unknown): AuditQuestion | undefined {
  if (!isRecord(passed)) {
    return undefined;
  }
  const { kind, port, serviceType, workspace } = passed;
  switch (kind) {
    case 'all':
    case 'hour':
      return { kind };
    case 'port':
      return isTcpPort(port) ? { kind, port } : undefined;
    case 'type':
      return isServiceTypeName(serviceType) ? { kind, serviceType } : undefined;
    case 'workspace':
      return isWorkspace(workspace) ? { kind, workspace } : undefined;
    default:
      return undefined;
  }
}
