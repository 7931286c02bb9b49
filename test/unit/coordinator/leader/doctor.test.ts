import assert from 'node:assert/strict';
import { diagnose, type DoctorOptions } from '../../../../src/coordinator/leader/doctor';
import type { AuditEntry } from '../../../../src/core/domain/audit';
import { StyxyError } from '../../../../src/core/domain/errors';
import type { AllocationView } from '../../../../src/core/domain/model';
import { NO_COUNTS } from '../../../../src/core/health/allocationHealth';
import { doctorAnswer, WELL } from '../../../support/doctorAnswer';
import { DEFAULT_RULES } from '../../core/allocation/support/rules';
import { allocation } from '../../../support/world/makers';

const HOUR = 60 * 60_000;
const NOW = 10 * HOUR;

function view(over: Partial<AllocationView>): AllocationView {
  return { ...allocation(), state: 'listening', ...over };
}

function began(at: number, kind = 'window', note = 'began'): AuditEntry {
  const actor = { kind: 'leader', label: 'leader', id: '' } as const;
  return { at, epoch: 1, seq: 1, what: 'leadership', actor, after: { kind }, note };
}

function options(over: Partial<DoctorOptions> = {}): DoctorOptions {
  const { status, recovery } = doctorAnswer();
  const { autoAllocation } = DEFAULT_RULES;
  return {
    clock: {
      now: () => NOW,
      sleep: () => Promise.resolve(),
      every: () => ({ dispose: () => undefined }),
    },
    status: () => status,
    machine: async () => WELL,
    audit: async () => ({ entries: [], truncated: false, path: '' }),
    configuration: () => ({
      ...{ path: '/c', autoAllocation, templates: [], reservations: [], problems: [] },
      types: [...DEFAULT_RULES.catalogue.values()],
    }),
    views: async () => [],
    rules: () => DEFAULT_RULES,
    counters: () => NO_COUNTS,
    recovery: () => recovery,
    ...over,
  };
}

describe('an examination', () => {
  it('finds nothing where nothing is wrong', async () => {
    const answer = await diagnose(options());
    assert.deepEqual(answer.findings, []);
    assert.equal(answer.at, NOW);
    assert.equal(answer.machine, WELL);
    assert.equal(answer.types.length, DEFAULT_RULES.catalogue.size);
    assert.deepEqual(answer.failovers, { count: 0 });
  });

  it('tells conflicts, orphans and failing checks apart', async () => {
    const all = [
      view({ id: 'fine' }),
      view({ id: 'taken', state: 'conflict' }),
      view({ id: 'left', state: 'orphaned' }),
      view({ id: 'ill', health: { ok: false, reason: 'it answered 500', failures: 1 } }),
      view({ id: 'sound', health: { ok: true } }),
    ];
    const answer = await diagnose(options({ views: async () => all }));
    const ids = (views: readonly AllocationView[]): string[] => views.map(({ id }) => id);
    assert.deepEqual(ids(answer.conflicts), ['taken']);
    assert.deepEqual(ids(answer.orphans), ['left']);
    assert.deepEqual(ids(answer.unhealthy), ['ill']);
    assert.deepEqual(
      answer.findings.map(({ about }) => about),
      ['conflict', 'health', 'orphan'],
    );
  });

  it('counts changes of leader, and those of the last hour that were no commands', async () => {
    const entries = [
      began(NOW - 3 * HOUR),
      began(NOW - 2 * HOUR),
      began(NOW - HOUR),
      began(NOW - HOUR + 1),
      began(NOW - 2, 'cli'),
      began(NOW - 1, 'window', 'ended'),
      began(NOW, 'daemon'),
    ];
    const answer = await diagnose(
      options({ audit: async () => ({ entries, truncated: false, path: '' }) }),
    );
    assert.deepEqual(answer.failovers, { count: 5, since: NOW - 3 * HOUR, lastHour: 2 });
  });

  it('goes on without an audit log that cannot be read', async () => {
    const refused = new StyxyError('storage_unavailable', 'It cannot be read.');
    const answer = await diagnose(options({ audit: () => Promise.reject(refused) }));
    assert.deepEqual(answer.failovers, { count: 0 });
  });
});
