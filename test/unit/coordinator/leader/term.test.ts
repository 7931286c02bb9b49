import assert from 'node:assert/strict';
import type { CandidacyOptions } from '../../../../src/coordinator/election/candidate';
import { Term, type TermTools } from '../../../../src/coordinator/leader/term';
import { StyxyError, type StyxyErrorCode } from '../../../../src/core/domain/errors';
import type { Allocation } from '../../../../src/core/domain/model';
import { settled } from '../../../support/world/waiting';
import { participant } from '../../core/allocation/support/engine';
import { stage } from '../support';

describe('a leadership', () => {
  let made = 0;

  it('watches and looks until it is handed over', async () => {
    const { tools, candidacy, clock } = stage();
    const start = await Term.begin(tools, candidacy);
    assert.equal(start.kind, 'leading');
    assert.ok(clock.repeating > 0);
    const leaving = start.term.handOver();
    await clock.advance(5000);
    await leaving;
    assert.equal(clock.repeating, 0);
  });

  it('begins nothing when it ended while it was prepared', async () => {
    const { tools, candidacy, clock, folder, config } = stage();
    config.text = '{}';
    config.onRead = async () => {
      const [record] = [...(await folder.list()).files];
      assert.ok(record);
      const lock = await folder.readLock(1);
      assert.ok(lock.kind === 'read' && lock.value !== 'unreadable');
      await folder.claim(2, lock.value);
    };
    const start = await Term.begin(tools, candidacy);
    assert.equal(start.kind, 'leading');
    await clock.advance(5000);
    await start.term.ended;
    await settled();
    assert.equal(clock.repeating, 0, 'it goes on although another one leads');
  });

  it('takes the next number when its lock is the one that somebody else left', async () => {
    const { tools, candidacy, clock, disk, folder } = stage();
    const term = await leading(tools, candidacy);
    const lock = await folder.readLock(1);
    assert.ok(lock.kind === 'read' && lock.value !== 'unreadable');
    for (const [name, { file }] of disk) {
      if (file.kind === 'lock') {
        disk.set(name, { file, text: JSON.stringify({ ...lock.value, socket: '/tmp/closed' }) });
      }
    }
    await clock.advance(5000);
    assert.equal(term.epoch, 2);
    const own = await folder.readLock(2);
    assert.ok(own.kind === 'read' && own.value !== 'unreadable');
    assert.equal(own.value.socket, lock.value.socket);
    const leaving = term.handOver();
    await clock.advance(5000);
    await leaving;
  });

  it('refuses nothing on the ground of what is old, once another one leads', async () => {
    const { tools, candidacy, clock, folder } = stage();
    const term = await leading(tools, candidacy);
    const lock = await folder.readLock(1);
    assert.ok(lock.kind === 'read' && lock.value !== 'unreadable');
    const refused = (): Promise<unknown> =>
      term.answer(
        'release',
        { requestId: 'release-1', target: { id: 'unknown' }, workspaces: [] },
        candidacy.self,
      );
    await assert.rejects(refused(), (error) => isCode(error, 'allocation_not_found'));
    await folder.claim(2, lock.value);
    await assert.rejects(refused(), (error) => isCode(error, 'leadership_lost'));
    await clock.advance(5000);
    await term.ended;
  });

  it('remembers after a reboot, also what was released, and whose it was', async () => {
    const { tools, candidacy, clock } = stage();
    const before = await leading(tools, candidacy);
    const web = await ask(before, 'web', { port: 3050 });
    const api = await ask(before, 'api');
    await before.answer(
      'release',
      { requestId: 'release-1', target: { id: web.id }, workspaces: [] },
      candidacy.self,
    );
    const leaving = before.handOver();
    await clock.advance(5000);
    await leaving;

    const processes = { ...tools.processes, bootId: 'another boot' };
    const window = participant('window-2', { folders: ['/home/me/a'], pid: 7 });
    const after = await leading({ ...tools, processes }, { ...candidacy, self: window });
    assert.equal(after.epoch, 2);
    const kept = await ask(after, 'api');
    assert.equal(kept.id, api.id);
    const again = await ask(after, 'web');
    assert.equal(again.port, 3050);
    assert.notEqual(again.id, web.id);
    const ending = after.handOver();
    await clock.advance(5000);
    await ending;
  });

  async function leading(tools: TermTools, candidacy: CandidacyOptions): Promise<Term> {
    const start = await Term.begin(tools, candidacy);
    assert.equal(start.kind, 'leading');
    return start.term;
  }

  async function ask(term: Term, service: string, more: object = {}): Promise<Allocation> {
    const type = { serviceType: service === 'web' ? 'dev' : 'api' };
    const params = { requestId: `request-${(made += 1)}`, workspace: '/home/me/a', service };
    const caller = participant(`window-${term.epoch}`, { folders: ['/home/me/a'] });
    return (await term.answer('allocate', { ...params, ...type, ...more }, caller)).allocation;
  }
});

function isCode(error: unknown, code: StyxyErrorCode): boolean {
  return error instanceof StyxyError && error.code === code;
}
