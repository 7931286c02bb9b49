import { t } from '@vscode/l10n';
import type { AuditEntry, AuditWhat } from '../../core/domain/audit';
import { isRecord } from '../../core/domain/errors';
import type { AuditAnswer } from '../../core/messages/requests';
import type { AuditQuestion } from '../window/services';
import { commandLineOf, questionText } from './auditQuestion';

export interface AuditTextContext {
  /** A moment as this user reads it, always as long. */
  readonly time: (at: number) => string;
}

/** The audit log for people: a header, then a line for each entry, the newest last. */
export function auditText(
  { entries, truncated, path }: AuditAnswer,
  question: AuditQuestion,
  { time }: AuditTextContext,
): string {
  const header = [
    t('Audit log of Styxy: {0}. Newest entries last.', questionText(question)),
    t('File: {0}', path),
    t('To refresh or filter: run "Styxy: Show Audit Log" again.'),
    t('In a terminal: {0}', commandLineOf(question)),
    ...(truncated ? [t('Older entries match too and are not shown.')] : []),
  ];
  const lines = entries.map((entry) => entryLine(entry, { time }));
  return [
    ...header.map((line) => `# ${plain(line)}`),
    '',
    ...(lines.length > 0 ? lines : [t('No entry matches.')]),
    '',
  ].join('\n');
}

const WHAT_WIDTH = 13;

/** `2026-01-31 14:05:09  moved  web in /home/me/shop, 3000 to 3005  by shop (window, pid 42)`. */
function entryLine(entry: AuditEntry, { time }: AuditTextContext): string {
  const columns = [
    time(entry.at),
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
  conflict: (before, _after) => {
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

/** One entry is one line, whatever stands in it. */
function plain(line: string): string {
  return line.replace(/[\p{Cc}\u2028\u2029]/gu, '?').trimEnd();
}
