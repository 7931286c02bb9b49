import type { AuditEntry } from '../../../../src/core/domain/audit';
import { AuditLog } from '../../../../src/platform/storage/auditLog';

/** Appends 100 entries of all lengths, numbered from `first` on. */
async function main(path: string, first: number): Promise<void> {
  const log = new AuditLog({ path, log: { debug() {}, info() {}, warn() {}, error() {} } });
  for (let seq = first; seq < first + 100; seq++) {
    const entry: AuditEntry = {
      at: seq,
      epoch: 1,
      seq,
      what: 'granted',
      actor: { kind: 'cli', label: 'styxy allocate web', id: 'run-1' },
      note: 'x '.repeat((seq % 7) * 1_000),
    };
    await log.append([entry]);
  }
}

main(process.argv[2] ?? '', Number(process.argv[3])).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
