import assert from 'node:assert/strict';
import { StyxyError } from '../../../../src/core/domain/errors';
import type { PlanFile } from '../../../../src/platform/workspace/planFile';
import { PlanReader, leftAllocations } from '../../../../src/vscode/plan/planReader';
import type { FolderName } from '../../../../src/vscode/text/folderName';
import { allocationView } from '../../../support/views';
import { DOCS, SHOP, logOf, planOf, settle } from './support';

const GOOD = '{ "services": { "web": { "type": "dev", "port": 5173 } } }';
const OTHER = '{ "template": "dev", "services": { "api": {} } }';

function stage(text: string | undefined = GOOD) {
  const { log, lines } = logOf();
  const files = new Map<string, string | Error>();
  if (text !== undefined) {
    files.set(SHOP.workspace, text);
  }
  const changed = new Map<string, () => void>();
  let current: readonly FolderName[] = [SHOP];
  let foldersChanged = (): void => undefined;
  let reads = 0;
  const keeper = new PlanReader({
    folders: {
      get current() {
        return current;
      },
      settled: () => Promise.resolve(current),
      onDidChange: (listener) => {
        foldersChanged = listener;
        return { dispose: () => undefined };
      },
    },
    read: (workspace): Promise<PlanFile> => {
      reads += 1;
      const found = files.get(workspace);
      if (found instanceof Error) {
        return Promise.reject(found);
      }
      return Promise.resolve(
        found === undefined
          ? { kind: 'absent' }
          : { kind: 'read', path: `${workspace}/styxy.json`, text: found },
      );
    },
    watch: ({ workspace }, onChange) => {
      changed.set(workspace, onChange);
      return { dispose: () => void changed.delete(workspace) };
    },
    template: () => 'staging',
    log,
    quietMs: 1,
  });
  return {
    keeper,
    files,
    changed,
    lines,
    reads: () => reads,
    open: (...folders: FolderName[]) => {
      current = folders;
      foldersChanged();
    },
  };
}

describe('PlanKeeper', () => {
  it('reads nothing while it is made, and each plan once after', async () => {
    const { keeper, reads } = stage();
    assert.equal(reads(), 0);
    assert.deepEqual(keeper.stateOf(SHOP.workspace), { kind: 'unread' });
    await keeper.settled();
    assert.equal(reads(), 1);
    assert.deepEqual([...(keeper.planOf(SHOP.workspace)?.services.keys() ?? [])], ['web']);
    keeper.dispose();
  });

  it('keeps the last good plan while the file is bad, and says so once', async () => {
    const { keeper, files, lines } = stage();
    await keeper.settled();
    const plan = keeper.planOf(SHOP.workspace);
    for (const bad of ['{ "services": { "web": { "port": 1 } } }', '{', new Error('no disk')]) {
      files.set(SHOP.workspace, bad);
      lines.length = 0;
      const state = await keeper.refresh(SHOP.workspace);
      await keeper.refresh(SHOP.workspace);
      assert.equal(state.kind, 'refused');
      assert.equal(keeper.planOf(SHOP.workspace), plan);
      assert.equal(lines.length, 1);
      assert.match(lines[0] ?? '', /The plan that was read before stays\.$/);
    }
    files.set(SHOP.workspace, OTHER);
    await keeper.refresh(SHOP.workspace);
    assert.deepEqual([...(keeper.planOf(SHOP.workspace)?.services.keys() ?? [])], ['api']);
    keeper.dispose();
  });

  it('has no plan of a file that was never good, and none when the file is gone', async () => {
    const { keeper, files, lines } = stage('[]');
    await keeper.settled();
    assert.equal(keeper.planOf(SHOP.workspace), undefined);
    assert.equal(keeper.stateOf(SHOP.workspace).kind, 'refused');
    assert.doesNotMatch(lines.join(' '), /stays/);
    files.set(SHOP.workspace, GOOD);
    await keeper.refresh(SHOP.workspace);
    assert.notEqual(keeper.planOf(SHOP.workspace), undefined);
    files.delete(SHOP.workspace);
    assert.deepEqual(await keeper.refresh(SHOP.workspace), { kind: 'absent' });
    assert.equal(keeper.planOf(SHOP.workspace), undefined);
    keeper.dispose();
  });

  it('reads a burst of changes once, when it is quiet', async () => {
    const { keeper, files, changed, reads } = stage();
    await keeper.settled();
    const heard = new Promise<void>((resolve) => void keeper.onDidChange(resolve));
    files.set(SHOP.workspace, OTHER);
    for (let time = 0; time < 20; time += 1) {
      changed.get(SHOP.workspace)?.();
    }
    assert.equal(reads(), 1);
    await heard;
    await keeper.settled();
    assert.equal(reads(), 2);
    keeper.dispose();
  });

  it('tells nobody of a file that is what it was', async () => {
    const { keeper } = stage();
    await keeper.settled();
    const plan = keeper.planOf(SHOP.workspace);
    let heard = 0;
    keeper.onDidChange(() => (heard += 1));
    await keeper.refresh(SHOP.workspace);
    assert.equal(heard, 0);
    assert.equal(keeper.planOf(SHOP.workspace), plan);
    keeper.dispose();
  });

  it('follows the folders of the window, and ends what it watches', async () => {
    const { keeper, files, changed, open } = stage();
    await keeper.settled();
    files.set(DOCS.workspace, OTHER);
    open(DOCS);
    await keeper.settled();
    assert.equal(keeper.planOf(SHOP.workspace), undefined);
    assert.notEqual(keeper.planOf(DOCS.workspace), undefined);
    assert.deepEqual([...changed.keys()], [DOCS.workspace]);
    changed.get(DOCS.workspace)?.();
    keeper.dispose();
    await settle();
    assert.equal(changed.size, 0);
    assert.equal(keeper.planOf(DOCS.workspace), undefined);
  });

  it("puts the plan's template before the setting", async () => {
    const { keeper, files } = stage();
    await keeper.settled();
    assert.deepEqual(keeper.fieldsFor(SHOP.workspace, 'web'), {
      serviceType: 'dev',
      planned: { port: 5173 },
      template: 'staging',
    });
    files.set(SHOP.workspace, OTHER);
    await keeper.refresh(SHOP.workspace);
    assert.equal(keeper.templateOf(SHOP.workspace), 'dev');
    assert.equal(keeper.templateOf(DOCS.workspace), undefined);
    keeper.dispose();
  });
});

describe('leftAllocations', () => {
  const { workspace } = SHOP;
  const plan = planOf({ services: { web: { port: 5173 }, api: { type: 'api' }, db: {} } });
  const old = allocationView({ service: 'old', planned: {} });
  const all = [
    old,
    allocationView({ planned: { port: 5173 } }),
    allocationView({ service: 'by-hand' }),
    allocationView({ service: 'old', workspace: '/home/me/docs', planned: {} }),
  ];

  it('are what the plan made here and does not declare any more', () => {
    const state = { kind: 'read', plan, text: '', problems: [] } as const;
    assert.deepEqual(leftAllocations(state, workspace, all), [old]);
  });

  it('are all that it made when it is gone', () => {
    const left = leftAllocations({ kind: 'absent' }, workspace, all);
    assert.deepEqual(
      left.map(({ service }) => service),
      ['old', 'web'],
    );
  });

  it('are none while the plan is broken or unread', () => {
    const error = new StyxyError('invalid_config', 'Broken.');
    assert.deepEqual(leftAllocations({ kind: 'refused', error, problems: [] }, workspace, all), []);
    assert.deepEqual(leftAllocations({ kind: 'unread' }, workspace, all), []);
  });
});
