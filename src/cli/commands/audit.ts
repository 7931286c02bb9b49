import { resolve } from 'node:path';
import { DEFAULT_AUDIT_LIMIT, MAX_AUDIT_LIMIT } from '../../core/audit/entry';
import { AUDIT_WHATS, type AuditQuery } from '../../core/domain/audit';
import { StyxyError } from '../../core/domain/errors';
import { given } from '../../core/domain/schema';
import { parseAnyPort, parseLimit, parseSince, parseType, parseWhat } from '../run/arguments';
import { auditEntryJson, auditTable } from '../render/audit';
import { shortPath } from '../run/text';
import { hint, type Run, takePart } from '../run/run';
import type { CommandSpec } from './command';
import { printRows } from './result';

interface AuditOptions extends Omit<AuditQuery, 'serviceType' | 'since'> {
  readonly type?: string;
  readonly since?: string;
}

export const AUDIT: CommandSpec = {
  name: 'audit',
  description:
    'Tell who did what, and when: grants, releases, moves, conflicts, changes of the configuration ' +
    'and of the leader. Newest last.',
  options: [
    ['-p, --port <port>', 'about this port, also as the one before or after', parseAnyPort],
    ['--workspace <folder>', 'about this workspace'],
    ['-s, --type <type>', 'about this service type', parseType],
    ['--what <what>', `of this kind: ${AUDIT_WHATS.join(', ')}`, parseWhat],
    ['--since <time>', 'from then on: 30m, 2h, 3d, or 2026-01-31T12:00:00Z'],
    ['--limit <n>', 'at most this many, the newest; 200 by default, up to 2000', parseLimit],
  ],
  examples: ['styxy audit --since 2h', 'styxy audit --workspace . --what moved --json'],
  action: audit,
};

async function audit(run: Run, options: AuditOptions): Promise<void> {
  const { port, type: serviceType, what, limit = DEFAULT_AUDIT_LIMIT } = options;
  const since = options.since === undefined ? undefined : parseSince(options.since, run.now());
  const workspace =
    options.workspace === undefined ? undefined : await namedFolder(run, options.workspace);
  const query = given({ port, workspace, serviceType, what, since, limit });
  const { entries, truncated, path } = await takePart(run, ({ coordinator }) =>
    coordinator.audit(query, { signal: run.cancel }),
  );
  const json = { entries: entries.map(auditEntryJson), truncated, path };
  const none = `Nothing in ${shortPath(path, run.userHome)} matches.`;
  printRows(run, json, entries, auditTable, none);
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
