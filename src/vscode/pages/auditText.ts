import { t } from '@vscode/l10n';
import type { AuditEntry, AuditQuery, AuditWhat } from '../../core/domain/audit';
import { plain } from '../../core/domain/describe';
import { isRecord } from '../../core/domain/errors';
import { isServiceTypeName, isTcpPort, isWorkspace } from '../../core/domain/names';
import { localTime } from '../../core/domain/text';
import type { AuditAnswer } from '../../core/messages/requests';
import { folderName } from '../text/allocation';
import type { AuditQuestion } from '../window/services';

const HOUR_MS = 60 * 60_000;

/** Many times what a person reads; older entries are in the file. */
const LIMIT = 1_000;

/** A question as the leader is asked it, as people read it, and as the command line is asked it. */
export interface AskedQuestion {
  readonly query: AuditQuery;
  readonly text: string;
  readonly commandLine: string;
}

export function askedQuestion(question: AuditQuestion, now: number): AskedQuestion {
  const asked = (filter: AuditQuery, text: string, ...options: readonly string[]) => ({
    query: { ...filter, limit: LIMIT },
    text,
    commandLine: ['styxy audit', ...options].join(' '),
  });
  switch (question.kind) {
    case 'all':
      return asked({}, t('all entries'));
    case 'hour':
      return asked({ since: now - HOUR_MS }, t('the last hour'), '--since 1h');
    case 'port': {
      const { port } = question;
      return asked({ port }, t('port {0}', port), `--port ${port}`);
    }
    case 'type': {
      const { serviceType } = question;
      return asked({ serviceType }, t('type {0}', serviceType), `--type ${serviceType}`);
    }
    case 'workspace': {
      const { workspace } = question;
      const text = t('workspace {0}', folderName(workspace));
      return asked({ workspace }, text, `--workspace ${JSON.stringify(workspace)}`);
    }
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

/** The audit log for people: a header, then a line for each entry, the newest last. */
export function auditText(
  { entries, truncated, path }: AuditAnswer,
  { text, commandLine }: Omit<AskedQuestion, 'query'>,
  time: (at: number) => string = localTime,
): string {
  const header = [
    t('Audit log of Styxy: {0}. Newest entries last.', text),
    t('File: {0}', path),
    t('To refresh or filter: run "Styxy: Show Audit Log" again.'),
    t('In a terminal: {0}', commandLine),
    ...(truncated ? [t('Older entries match too and are not shown.')] : []),
  ];
  const lines = entries.map((entry) => entryLine(entry, time(entry.at)));
  return [
    ...header.map((line) => `# ${plain(line)}`),
    '',
    ...(lines.length > 0 ? lines : [t('No entry matches.')]),
    '',
  ].join('\n');
}

const WHAT_WIDTH = 13;

/** `2026-01-31 14:05:09  moved  web in /home/me/shop, 3000 to 3005  by shop (window, pid 42)`. */
function entryLine(entry: AuditEntry, time: string): string {
  const columns = [
    time,
    entry.what.padEnd(WHAT_WIDTH),
    [subjectText(entry), changeText(entry), entry.note ?? '']
      .filter((part) => part !== '')
      .join(', '),
    t('by {0}', actorText(entry)),
  ];
  return plain(columns.filter((column) => column !== '').join('  '));
}

function subjectText({ service, workspace, serviceType, port }: AuditEntry): string {
  const name = service ?? serviceType;
  const isTyped = service !== undefined && serviceType !== undefined && service !== serviceType;
  const named = name === undefined ? '' : isTyped ? `${name} (${serviceType})` : name;
  const placed =
    workspace === undefined ? named : named === '' ? workspace : t('{0} in {1}', named, workspace);
  return [port === undefined ? '' : String(port), placed].filter((part) => part !== '').join(' ');
}

/** What changed, as far as the kind of entry does not say it already. */
function changeText({ what, before, after }: AuditEntry): string {
  const change = CHANGES[what];
  return change === undefined ? '' : change(before, after);
}

type Change = (before: unknown, after: unknown) => string;

const CHANGES: Partial<Readonly<Record<AuditWhat, Change>>> = {
  moved: (before, after) => {
    const [from, to] = [fieldOf(before, 'port'), fieldOf(after, 'port')];
    return from === '' || to === '' ? '' : t('{0} to {1}', from, to);
  },
  joined: (_before, after) => t('held by {0}', holdersText(after)),
  left: (_before, after) => t('held by {0}', holdersText(after)),
  'type-added': (_before, after) => rangeText(after),
  'type-removed': (before) => rangeText(before),
  conflict: (before) => {
    const [command, pid] = [fieldOf(before, 'command'), fieldOf(before, 'pid')];
    return pid === '' ? command : t('{0} (pid {1})', command, pid).trim();
  },
  configuration: (before, after) => {
    const [was, is] = [fieldOf(before, 'characters'), fieldOf(after, 'characters')];
    return was === '' || is === '' ? '' : t('{0} to {1} characters', was, is);
  },
};

function holdersText(side: unknown): string {
  const holders: readonly unknown[] =
    isRecord(side) && Array.isArray(side.holders) ? side.holders : [];
  const labels = holders.map((holder) => fieldOf(holder, 'label')).filter((label) => label !== '');
  return labels.length === 0 ? t('nobody') : labels.join(', ');
}

function rangeText(side: unknown): string {
  const range = isRecord(side) ? side.range : undefined;
  const [first, last] = [fieldOf(range, 'first'), fieldOf(range, 'last')];
  return first === '' || last === '' ? '' : `${first}-${last}`;
}

function fieldOf(value: unknown, name: string): string {
  const field = isRecord(value) ? value[name] : undefined;
  return typeof field === 'string' || typeof field === 'number' ? String(field) : '';
}

function actorText({ actor }: AuditEntry): string {
  const { kind, label, pid } = actor;
  if (kind === 'leader') {
    return label === '' || label === 'leader' ? t('the leader') : label;
  }
  return pid === undefined ? `${label} (${kind})` : t('{0} ({1}, pid {2})', label, kind, pid);
}
