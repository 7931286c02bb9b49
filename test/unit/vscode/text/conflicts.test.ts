import assert from 'node:assert/strict';
import type { AllocationView } from '../../../../src/core/domain/model';
import { ReportedConflicts, conflictsText } from '../../../../src/vscode/text/conflicts';
import { A_HOLDER, allocationView } from '../../../support/views';

const SHOP = '/home/me/shop';
const process = { pid: 7, command: 'node server.js', startMark: '100' };
const taken: AllocationView = allocationView({
  state: 'conflict',
  process,
  intruder: { kind: 'sibling', workspace: '/home/me/shop-2', sameRepository: true },
});
const isOwn = (workspace: string): boolean => workspace === SHOP;

/** What is news of these allocations, which is told then. */
function told(conflicts: ReportedConflicts, ...allocations: readonly AllocationView[]): string[] {
  const news = conflicts.news(allocations, isOwn);
  conflicts.report(news);
  return news.map(({ service, port, process: who }) => `${service} ${port} ${who?.pid}`);
}

describe('ReportedConflicts', () => {
  it('tells once of each process on each allocation', () => {
    const conflicts = new ReportedConflicts();
    const api = { ...taken, id: 'api', service: 'api', port: 8000 };
    assert.deepEqual(told(conflicts, taken), ['web 3000 7']);
    assert.deepEqual(told(conflicts, taken, api), ['api 8000 7']);
    assert.deepEqual(told(conflicts, { ...taken, state: 'reserved' }), []);
    assert.deepEqual(told(conflicts, taken, api), []);
    assert.deepEqual(told(conflicts, { ...taken, process: { ...process, pid: 8 } }), [
      'web 3000 8',
    ]);
  });

  it('knows a pid that was used again by the start of its process', () => {
    const conflicts = new ReportedConflicts();
    told(conflicts, taken);
    const again = { ...taken, process: { ...process, startMark: '200' } };
    assert.deepEqual(told(conflicts, again), ['web 3000 7']);
  });

  it('tells again what was seen but never told', () => {
    const conflicts = new ReportedConflicts();
    assert.equal(conflicts.news([taken], isOwn).length, 1);
    assert.equal(conflicts.news([taken], isOwn).length, 1);
  });

  it('tells nothing of other workspaces, and of other states', () => {
    const conflicts = new ReportedConflicts();
    const states = ['reserved', 'listening', 'down', 'orphaned'] as const;
    assert.deepEqual(told(conflicts, { ...taken, workspace: '/home/me/docs' }), []);
    assert.deepEqual(told(conflicts, ...states.map((state) => ({ ...taken, state }))), []);
  });

  it('tells of a shared port under the name that it has here', () => {
    const holders = [{ ...A_HOLDER, workspace: SHOP, service: 'site' }];
    const shared = { ...taken, workspace: '/home/me/docs', group: 'dev', holders };
    assert.deepEqual(told(new ReportedConflicts(), shared), ['site 3000 7']);
  });

  it('tells nothing more of a process that was kept, on whatever port', () => {
    const conflicts = new ReportedConflicts();
    told(conflicts, taken);
    conflicts.keep(process);
    const api = { ...taken, id: 'api', service: 'api', port: 8000 };
    assert.deepEqual(told(conflicts, api), []);
    assert.deepEqual(told(conflicts, { ...api, process: { pid: 9 } }), ['api 8000 9']);
  });

  it('keeps nobody whom the system does not tell from others', () => {
    const conflicts = new ReportedConflicts();
    conflicts.keep(undefined);
    conflicts.keep({ command: 'node' });
    const { process: _, ...unknown } = taken;
    assert.deepEqual(told(conflicts, unknown), ['web 3000 undefined']);
  });
});

describe('conflicts that come together', () => {
  it('are told in one sentence', () => {
    assert.equal(conflictsText([]), '');
    assert.match(
      conflictsText([taken]),
      /^Port 3000 of web in shop is in use by node server\.js \(pid 7\), from another checkout/,
    );
    const many = [1, 2, 3, 4, 5, 6].map((at) => ({ ...taken, service: `s${at}`, port: 3000 + at }));
    assert.equal(
      conflictsText(many.slice(0, 2)),
      '2 ports are in use by others: 3001 of s1 in shop by node server.js (pid 7), 3002 of s2 in shop by node server.js (pid 7).',
    );
    assert.match(
      conflictsText(many),
      /^6 ports are in use by others: .* 3004 of s4 in shop .* and 2 more\.$/,
    );
  });
});
