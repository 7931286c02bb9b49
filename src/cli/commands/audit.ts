import { resolve } from 'node:path';
import { DEFAULT_AUDIT_LIMIT, MAX_AUDIT_LIMIT } from '../../core/audit/entry';
import type { AuditWhat } from '../../core/domain/audit';
import { StyxyError } from '../../core/domain/errors';
import { parseSince } from '../run/arguments';
import { auditEntryJson, auditTable } from '../render/audit';
import { shortPath } from '../run/text';
import { printJson, hint, takePart } from '../run/run';
import type { Run } from '../run/run';

export interface AuditOptions {
  readonly port?: number;
  readonly workspace?: string;
  readonly type?: string;
  readonly what?: AuditWhat;
  readonly since?: string;
  readonly limit?: number;
}

/** `styxy audit`: who did what when, newest last. */
export async function audit(run: Run, options: AuditOptions): Promise<void> {
  const { port, type, what, limit = DEFAULT_AUDIT_LIMIT } = options;
  const since = options.since === undefined ? undefined : parseSince(options.since, run.now());
  const workspace =
    options.workspace === undefined ? undefined : await namedFolder(run, options.workspace);
  const answer = await takePart(run, (coordinator) =>
    coordinator.audit(
      {
        ...(port === undefined ? {} : { port }),
        ...(workspace === undefined ? {} : { workspace }),
        ...(type === undefined ? {} : { serviceType: type }),
        ...(what === undefined ? {} : { what }),
        ...(since === undefined ? {} : { since }),
        limit,
      },
      { signal: run.cancel },
    ),
  );
  const { entries, truncated, path } = answer;
  if (run.json) {
    printJson(run, { entries: entries.map(auditEntryJson), truncated, path });
    return;
  }
  if (entries.length === 0) {
    hint(run, `Nothing in ${shortPath(path, run.userHome)} matches.`);
    return;
  }
  run.terminal.result(...auditTable(run, entries));
  if (truncated) {
    hint(
      run,
      limit < MAX_AUDIT_LIMIT
        ? `There are older entries; --limit shows up to ${MAX_AUDIT_LIMIT}.`
        : 'There are older entries; ask for less with --port, --workspace, --type or --since.',
    );
  }
}

/** Its one true path; that of a folder which is gone is taken as it was typed. */
async function namedFolder(run: Run, text: string): Promise<string> {
  const path = resolve(run.currentFolder(), text);
  try {
    return await run.canonicalFolder(path);
  } catch (error) {
    if (error instanceof StyxyError && error.code === 'invalid_argument') {
      return path;
    }
    throw error;
  }
}
