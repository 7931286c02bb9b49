import assert from 'node:assert/strict';
import { auditEntries } from '../../../../src/core/audit/fromEvents';
import type { AuditEntry } from '../../../../src/core/domain/audit';
import type { AutoType } from '../../../../src/core/domain/configuration';
import type { Stamp, StateEvent } from '../../../../src/core/state/events';
import { bodyText, commitLine, openingLine } from '../../../../src/core/log/records';
import type { Allocation, Holder } from '../../../../src/core/domain/model';
import { replayEpoch } from '../../../../src/core/log/replay';
import { apply } from '../../../../src/core/state/apply';
import { toBody } from '../../../../src/core/state/encode';
import { emptyState, type State } from '../../../../src/core/state/state';
import { sha256 as digest } from '../../../../src/platform/fs/runtime';
import { A, B, Engine, granted, participant } from '../allocation/support/engine';

const PLACE = { epoch: 2, seq: 7 };
const stamp: Stamp = { at: 5, actor: 'run-1', by: 'styxy port', kind: 'cli', pid: 12 };
const actor = { kind: 'cli', label: 'styxy port', id: 'run-1', pid: 12 };
const holder: Holder = {
  participant: 'w',
  kind: 'window',
  label: 'shop',
  pid: 9,
  since: 1,
  workspace: A,
  service: 'rag',
};
const other: Holder = { ...holder, participant: 'x', label: 'blog', workspace: B };
const shared: Allocation = {
  id: 'one',
  port: 11_430,
  serviceType: 'ai',
  service: 'rag',
  workspace: A,
  holders: [holder],
  allocatedAt: 1,
  group: 'ai/rag',
};
const subject = { port: 11_430, service: 'rag', serviceType: 'ai', workspace: A };
const alone = {
  id: 'one',
  port: 11_430,
  holders: [{ kind: 'window', label: 'shop', pid: 9 }],
  group: 'ai/rag',
};
const both = { ...alone, holders: [...alone.holders, { kind: 'window', label: 'blog', pid: 9 }] };
const type: AutoType = {
  name: 'grafana',
  range: { first: 11_510, last: 11_519 },
  placement: 'after',
  at: 5,
  by: 'me',
  projected: false,
};
const grant: StateEvent = { kind: 'granted', stamp, allocation: shared };
const join: StateEvent = { kind: 'joined', stamp, id: 'one', holder: other, replaces: [] };

function after(...events: readonly StateEvent[]): State {
  return events.reduce(apply, emptyState());
}

describe('what the audit log says', () => {
  /** The only entry of the event, without what all have. */
  function told(event: StateEvent, before: State = emptyState()): Partial<AuditEntry> {
    const entries = auditEntries(before, [event], PLACE);
    assert.equal(entries.length, 1);
    const [entry] = entries;
    assert.ok(entry);
    const { at, epoch, seq, actor: who, ...rest } = entry;
    assert.deepEqual({ at, epoch, seq, actor: who }, { at: 5, ...PLACE, actor });
    return rest;
  }

  it('says the placement of the rule by which a range was found', () => {
    const engine = new Engine();
    const rules = [{ pattern: 'graf*', placement: 'before' } as const];
    const autoAllocation = { ...engine.rules.autoAllocation, rules };
    engine.rules = { ...engine.rules, autoAllocation };
    engine.port('grafana', A, { serviceType: 'grafana' });
    const entries = auditEntries(emptyState(), engine.log, PLACE);
    const added = entries.find(({ what }) => what === 'type-added');
    assert.deepEqual(added?.after, { range: { first: 11_380, last: 11_389 }, placement: 'before' });
  });

  it('has a grant with its port and its holders', () => {
    assert.deepEqual(told(grant), { what: 'granted', ...subject, after: alone });
  });

  it('has a holder that joined', () => {
    assert.deepEqual(told(join, after(grant)), {
      what: 'joined',
      ...subject,
      workspace: B,
      before: alone,
      after: both,
    });
  });

  it('has a holder that left', () => {
    const left: StateEvent = { kind: 'left', stamp, id: 'one', holders: [other], note: 'gone' };
    assert.deepEqual(told(left, after(grant, join)), {
      what: 'left',
      ...subject,
      workspace: B,
      before: both,
      after: alone,
      note: 'gone',
    });
  });

  it('has each pair of holders that left together once, as its workspace asks for it', () => {
    const second: Holder = { ...other, participant: 'y' };
    const also: StateEvent = { kind: 'joined', stamp, id: 'one', holder: second, replaces: [] };
    const holders = [holder, other, second];
    const left: StateEvent = { kind: 'left', stamp, id: 'one', holders };
    const entries = auditEntries(after(grant, join, also), [left], PLACE);
    assert.deepEqual(
      entries.map(({ what, workspace, service }) => [what, workspace, service]),
      [
        ['left', A, 'rag'],
        ['left', B, 'rag'],
      ],
    );
  });

  it('has a release', () => {
    const event: StateEvent = { kind: 'released', stamp, id: 'one', coolUntil: 9, note: 'asked' };
    assert.deepEqual(told(event, after(grant)), {
      what: 'released',
      ...subject,
      before: alone,
      note: 'asked',
    });
  });

  it('has a move with both ports', () => {
    const move = { from: 11_430, to: 11_440, coolUntil: 9, note: 'asked' };
    const event: StateEvent = { kind: 'moved', stamp, id: 'one', ...move };
    assert.deepEqual(told(event, after(grant)), {
      what: 'moved',
      ...subject,
      port: 11_440,
      before: alone,
      after: { ...alone, port: 11_440 },
      note: 'asked',
    });
  });

  it('has a plan that was followed', () => {
    const event: StateEvent = { kind: 'planned', stamp, id: 'one', port: 5173 };
    assert.deepEqual(told(event, after(grant)), {
      what: 'planned',
      ...subject,
      before: alone,
      after: { ...alone, planned: { port: 5173 } },
    });
  });

  it('has a range that was found, and taken back', () => {
    const added: StateEvent = { kind: 'type-added', stamp, type };
    const { range, placement } = type;
    assert.deepEqual(told(added), {
      what: 'type-added',
      serviceType: 'grafana',
      after: { range, placement },
    });
    const removed: StateEvent = { kind: 'type-removed', stamp, name: 'grafana', note: 'by hand' };
    const gone = { what: 'type-removed', serviceType: 'grafana', note: 'by hand' };
    assert.deepEqual(told(removed, after(added)), { ...gone, before: { range } });
    assert.deepEqual(told(removed), gone);
  });

  it('has how long a configuration is, and nothing that is in it', () => {
    const event: StateEvent = { kind: 'configured', stamp, text: '{"secret":1}' };
    const first = { what: 'configuration', before: { characters: 0 }, after: { characters: 12 } };
    assert.deepEqual(told(event), first);
    const deleted = { ...first, before: { characters: 12 }, after: { characters: 0 } };
    assert.deepEqual(told({ kind: 'configured', stamp }, after(event)), deleted);
  });

  it('has each of the folders that are gone', () => {
    const entries = auditEntries(
      emptyState(),
      [{ kind: 'forgot', stamp, workspaces: [A, B] }],
      PLACE,
    );
    assert.deepEqual(
      entries.map(({ what, workspace }) => [what, workspace]),
      [
        ['forgotten', A],
        ['forgotten', B],
      ],
    );
  });

  it('has a state that is trusted again', () => {
    assert.equal(told({ kind: 'trusted', stamp }).what, 'recovered');
  });

  it('is nothing when only the file or a request was noted', () => {
    const events: readonly StateEvent[] = [
      { kind: 'projected', at: 5, added: [], removed: [] },
      {
        kind: 'answered',
        requestId: 'r',
        at: 5,
        recorded: { kind: 'move', id: 'one', port: 1, answer: { movedFrom: 2 } },
      },
      {
        kind: 'answered',
        requestId: 's',
        at: 5,
        recorded: { kind: 'allocate', id: 'x', port: 1, answer: { existing: true, attempts: 0 } },
      },
    ];
    assert.deepEqual(auditEntries(emptyState(), events, PLACE), []);
  });

  it('names the leader when it did it by itself', () => {
    const own: Stamp = { at: 5, actor: '', by: 'leader' };
    const [entry] = auditEntries(emptyState(), [{ ...grant, stamp: own } as StateEvent], PLACE);
    assert.deepEqual(entry?.actor, { kind: 'leader', label: 'leader', id: '' });
  });

  it('has the ports with a listener that a grant passed over', () => {
    const engine = new Engine();
    engine.caller = participant('window-1', { label: 'shop' });
    engine.port('web', B, { serviceType: 'dev', port: 3005 });
    engine.listen(3000, { pid: 12, command: 'vite' });
    engine.listen(3001);
    const before = engine.state;
    const from = engine.log.length;
    const { allocation } = granted(engine.allocate({ service: 'dev', port: 3005 }));
    assert.equal(allocation.port, 3002);
    const entries = auditEntries(before, engine.log.slice(from), PLACE);
    assert.deepEqual(
      entries.map(({ what, port, service, before: was, note, actor: who }) => {
        return [what, port, service, was, note, who.label];
      }),
      [
        ['granted', 3002, 'dev', undefined, undefined, 'shop'],
        ['conflict', 3000, 'dev', { pid: 12, command: 'vite' }, 'passed over', 'shop'],
        ['conflict', 3001, 'dev', undefined, 'passed over', 'shop'],
      ],
    );
  });

  it('has only the port of a conflict whose allocation ended in the same commit', () => {
    const recorded = {
      kind: 'allocate',
      id: 'ended',
      port: 3001,
      answer: { existing: false, attempts: 2, conflicts: [{ port: 3000 }] },
    } as const;
    const event: StateEvent = { kind: 'answered', requestId: 'r', at: 5, recorded };
    assert.deepEqual(auditEntries(emptyState(), [event], PLACE), [
      {
        ...PLACE,
        actor: { kind: 'leader', label: 'leader', id: '' },
        at: 5,
        what: 'conflict',
        port: 3000,
      },
    ]);
  });

  it('is in the order of the commit, each before the next', () => {
    const move = { from: 11_430, to: 11_440, coolUntil: 9 };
    const events: readonly StateEvent[] = [
      grant,
      { kind: 'moved', stamp, id: 'one', ...move },
      { kind: 'released', stamp, id: 'one', coolUntil: 9 },
    ];
    assert.deepEqual(
      auditEntries(emptyState(), events, PLACE).map(({ what, port, before }) => {
        return [what, port, (before as { port?: number } | undefined)?.port];
      }),
      [
        ['granted', 11_430, undefined],
        ['moved', 11_440, 11_430],
        ['released', 11_440, 11_440],
      ],
    );
  });

  it('is the same of commits that were read back after a crash', () => {
    const released: StateEvent = { kind: 'released', stamp, id: 'one', coolUntil: 9 };
    const text =
      openingLine({ epoch: 2, seq: 10 }, digest, bodyText(after(grant))) +
      commitLine(2, 11, [join], digest) +
      commitLine(2, 12, [released], digest);
    const journal = { kind: 'read', value: text } as const;
    const absent = { kind: 'absent' } as const;
    const judged = replayEpoch(2, { main: absent, bak: absent, a: journal, b: journal }, digest);
    assert.ok(judged.kind === 'base');
    assert.deepEqual(
      judged.replayed.map(({ before }) => toBody(before)),
      [toBody(after(grant)), toBody(after(grant, join))],
    );
    const entries = judged.replayed.flatMap(({ seq, before, events }) =>
      auditEntries(before, events, { epoch: 2, seq }),
    );
    assert.deepEqual(
      entries.map(({ what, seq, before }) => [what, seq, before]),
      [
        ['joined', 11, alone],
        ['released', 12, both],
      ],
    );
  });
});
