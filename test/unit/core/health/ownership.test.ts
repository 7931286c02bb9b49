import assert from 'node:assert/strict';
import type { Allocation, ListeningProcess } from '../../../../src/core/domain/model';
import type { GitPlace, ResolvedWorkspace } from '../../../../src/core/host/interfaces';
import {
  foremost,
  ownershipOf,
  START_TOLERANCE_MS,
  type Ownership,
  type OwnershipFacts,
} from '../../../../src/core/health/ownership';
import { allocation, NOW } from './facts';

const SHOP = '/home/me/shop';
const BLOG = '/home/me/blog';
const TREE = '/home/me/shop-fix';
const NONE: GitPlace = { kind: 'none' };

const tree = (root: string, repository = `${root}/.git`): GitPlace => {
  return { kind: 'worktree', root, repository };
};

interface Scene {
  readonly cwd?: string;
  readonly place?: ResolvedWorkspace;
  readonly known?: readonly string[];
  readonly git?: Readonly<Record<string, GitPlace>>;
  readonly process?: ListeningProcess;
  readonly allocation?: Allocation;
  readonly now?: number;
}

/** Of an allocation of `SHOP`, in a folder without git. */
function judge({ cwd, place, known = [], git = {}, process = {}, ...more }: Scene): Ownership {
  const places: Record<string, GitPlace> = {
    [SHOP]: NONE,
    ...(cwd ? { [cwd]: NONE } : {}),
    ...git,
  };
  const facts: OwnershipFacts = {
    allocation: more.allocation ?? allocation({ workspace: SHOP }),
    process: { pid: 7, ...(cwd === undefined ? {} : { cwd }), ...process },
    ...(place === undefined ? {} : { place }),
    known: new Set([SHOP, ...known]),
    git: new Map(Object.entries(places)),
    now: more.now ?? NOW,
  };
  return ownershipOf(facts);
}

const at = (workspace: string, because: ResolvedWorkspace['because']): ResolvedWorkspace => {
  return { workspace, because };
};

/** A process of no workspace that started so long before the allocation. */
const older = (ms: number): ListeningProcess => ({ startedAt: allocation({}).allocatedAt - ms });

describe('whose a listener is', () => {
  describe('its own', () => {
    const own = { kind: 'own' };

    it('runs from its workspace', () => {
      for (const because of ['open', 'plan', 'git', 'folder'] as const) {
        assert.deepEqual(judge({ cwd: SHOP, place: at(SHOP, because) }), own);
      }
    });

    it('runs from a folder inside, also of a workspace that is no more than a folder', () => {
      const cwd = `${SHOP}/apps/web`;
      assert.deepEqual(judge({ cwd, place: at(cwd, 'folder') }), own);
    });

    it('runs from the same worktree, although another workspace there is nearer', () => {
      const cwd = `${SHOP}/apps/web`;
      const git = { [SHOP]: tree(SHOP), [cwd]: tree(SHOP) };
      assert.deepEqual(judge({ cwd, place: at(cwd, 'open'), known: [cwd], git }), own);
    });

    it('runs from above it in the same worktree', () => {
      const mono = '/home/me';
      const git = { [SHOP]: tree(mono), [mono]: tree(mono) };
      assert.deepEqual(judge({ cwd: mono, place: at(mono, 'git'), known: [mono], git }), own);
    });

    it('runs from a submodule or clone inside that nobody named', () => {
      const cwd = `${SHOP}/library`;
      const git = { [SHOP]: tree(SHOP), [cwd]: tree(cwd, `${SHOP}/.git/modules/library`) };
      assert.deepEqual(judge({ cwd, place: at(cwd, 'git'), git }), own);
    });

    it('runs from the workspace of any pair that shares it', () => {
      const shared = allocation({
        workspace: SHOP,
        group: 'ai',
        holders: [
          { participant: 'w', kind: 'window', label: 'w', pid: 1, since: 1, workspace: BLOG },
        ],
      });
      const place = at(BLOG, 'open');
      assert.deepEqual(judge({ cwd: BLOG, place, known: [BLOG], allocation: shared }), own);
    });

    it('ran from a folder inside that is gone', () => {
      const gone: GitPlace = { kind: 'unknown' };
      const cwd = `${SHOP}/dist`;
      assert.deepEqual(judge({ cwd, git: { [cwd]: gone } }), own);
    });

    it('is younger or older than the allocation', () => {
      const place = at(SHOP, 'git');
      assert.deepEqual(judge({ cwd: SHOP, place, process: older(1e9) }), own);
      assert.deepEqual(judge({ cwd: SHOP, place, process: older(-1e9) }), own);
    });
  });

  describe('a sibling', () => {
    it('is none where there is one service for the whole machine', () => {
      const shared = allocation({ workspace: SHOP, group: 'ai/rag' });
      const scene = { cwd: BLOG, place: at(BLOG, 'open'), known: [BLOG] };
      assert.deepEqual(judge({ ...scene, allocation: shared }), { kind: 'unknown' });
    });

    it('runs from another workspace that is known', () => {
      for (const because of ['open', 'plan', 'git', 'folder'] as const) {
        const found = judge({ cwd: BLOG, place: at(BLOG, because), known: [BLOG] });
        assert.deepEqual(found, { kind: 'sibling', workspace: BLOG, sameRepository: false });
      }
    });

    it('runs from another worktree of the same repository: the wrong checkout', () => {
      const git = { [SHOP]: tree(SHOP), [TREE]: tree(TREE, `${SHOP}/.git`) };
      for (const known of [[], [TREE]]) {
        const found = judge({ cwd: TREE, place: at(TREE, 'git'), known, git });
        assert.deepEqual(found, { kind: 'sibling', workspace: TREE, sameRepository: true });
      }
    });

    it('runs from a worktree that lies inside', () => {
      const cwd = `${SHOP}/.worktrees/fix`;
      const git = { [SHOP]: tree(SHOP), [cwd]: tree(cwd, `${SHOP}/.git`) };
      const found = judge({ cwd, place: at(cwd, 'git'), git });
      assert.deepEqual(found, { kind: 'sibling', workspace: cwd, sameRepository: true });
    });

    it('runs from a known workspace inside that is no part of the same worktree', () => {
      const cwd = `${SHOP}/library`;
      const git = { [SHOP]: tree(SHOP), [cwd]: tree(cwd) };
      const found = judge({ cwd, place: at(cwd, 'git'), known: [cwd], git });
      assert.deepEqual(found, { kind: 'sibling', workspace: cwd, sameRepository: false });
    });
  });

  describe('a stranger', () => {
    it('runs from a workspace that nobody named to Styxy', () => {
      for (const because of ['plan', 'git'] as const) {
        const found = judge({ cwd: BLOG, place: at(BLOG, because), process: older(-1e6) });
        assert.deepEqual(found, { kind: 'stranger', workspace: BLOG });
      }
    });

    it('runs from a workspace inside with a plan of its own', () => {
      const cwd = `${SHOP}/library`;
      const found = judge({ cwd, place: at(cwd, 'plan') });
      assert.deepEqual(found, { kind: 'stranger', workspace: cwd });
    });

    it('runs from no workspace and was there before', () => {
      const found = judge({ cwd: '/opt', place: at('/opt', 'folder'), process: older(60_000) });
      assert.deepEqual(found, { kind: 'stranger' });
    });

    it('was there before, and runs from above in a repository that nobody named', () => {
      const home = '/home/me';
      const git = { [home]: tree(home) };
      const scene = { cwd: home, place: at(home, 'git'), git };
      assert.deepEqual(judge({ ...scene, process: older(60_000) }), { kind: 'stranger' });
      assert.deepEqual(judge({ ...scene, process: older(-60_000) }), { kind: 'unknown' });
    });
  });

  describe('unknown', () => {
    const unknown = { kind: 'unknown' };
    const nowhere = { cwd: '/opt', place: at('/opt', 'folder') };

    it('is who is not told, or has no folder', () => {
      const { process, ...facts } = {
        allocation: allocation({ workspace: SHOP }),
        process: older(1e6),
        known: new Set([SHOP]),
        git: new Map(),
        now: NOW,
      };
      assert.deepEqual(ownershipOf(facts), unknown);
      assert.deepEqual(ownershipOf({ ...facts, process }), unknown);
    });

    it('is who runs from no workspace and came later, or about then', () => {
      assert.deepEqual(judge({ ...nowhere, process: older(-1) }), unknown);
      assert.deepEqual(judge({ ...nowhere, process: older(START_TOLERANCE_MS) }), unknown);
      assert.deepEqual(judge({ ...nowhere, process: older(START_TOLERANCE_MS + 1) }), {
        kind: 'stranger',
      });
      assert.deepEqual(judge(nowhere), unknown);
    });

    it('is who cannot be dated, because the clock was set back since the allocation', () => {
      const now = allocation({}).allocatedAt - 3_600_000;
      assert.deepEqual(judge({ ...nowhere, process: older(3_500_000), now }), unknown);
    });

    it('is who runs from a folder that is gone', () => {
      assert.deepEqual(judge({ cwd: BLOG, process: older(1e6), known: [BLOG] }), unknown);
    });

    it('is who may be of the same worktree, when git cannot be read', () => {
      const scene = { cwd: BLOG, place: at(BLOG, 'git'), known: [BLOG] };
      const blind: GitPlace = { kind: 'unknown' };
      assert.deepEqual(judge({ ...scene, git: { [BLOG]: blind } }), unknown);
      assert.deepEqual(judge({ ...scene, git: { [BLOG]: tree(BLOG), [SHOP]: blind } }), unknown);
    });

    for (const command of [
      '/usr/bin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 3000',
      '/Applications/Docker.app/Contents/MacOS/com.docker.backend run',
      '"C:\\Program Files\\WSL\\wslrelay.exe" --mode 2',
      'C:\\Windows\\System32\\wslrelay.exe',
      'rootlessport',
      '/opt/homebrew/bin/limactl hostagent --pidfile x',
      '/Applications/OrbStack.app/Contents/MacOS/OrbStack Helper vmgr',
      '/usr/libexec/podman/gvproxy -mtu 1500',
    ]) {
      it(`is who listens for a container: ${command}`, () => {
        const process = { command, ...older(1e6) };
        assert.deepEqual(judge({ ...nowhere, process }), unknown);
        const place = at(BLOG, 'open');
        assert.deepEqual(judge({ cwd: BLOG, place, known: [BLOG], process }), unknown);
      });
    }

    for (const command of ['node docker-proxying.js', 'mydocker-proxy', 'node /x/pasta.js']) {
      it(`is not: ${command}`, () => {
        const process = { command, ...older(1e6) };
        assert.deepEqual(judge({ ...nowhere, process }), { kind: 'stranger' });
      });
    }
  });

  it('is not fooled by a folder whose name begins alike', () => {
    const cwd = `${SHOP}-old`;
    const found = judge({ cwd, place: at(cwd, 'git') });
    assert.deepEqual(found, { kind: 'stranger', workspace: cwd });
  });

  it('knows folders at the root and on Windows', () => {
    const root = allocation({ workspace: '/' });
    const git = { '/': NONE };
    const inRoot = judge({ cwd: '/srv', place: at('/srv', 'folder'), allocation: root, git });
    assert.deepEqual(inRoot, { kind: 'own' });
    const drive = allocation({ workspace: 'C:\\shop' });
    const inside = (cwd: string) => judge({ cwd, place: at(cwd, 'folder'), allocation: drive });
    assert.deepEqual(inside('C:\\shop\\web'), { kind: 'own' });
    assert.deepEqual(inside('C:\\shop2'), { kind: 'unknown' });
  });
});

describe('several listeners on one port', () => {
  const listener = (ownership: Ownership, pid: number) => ({ ownership, process: { pid } });
  const own = listener({ kind: 'own' }, 1);
  const stranger = listener({ kind: 'stranger' }, 2);
  const unknown = listener({ kind: 'unknown' }, 3);

  it('the own one speaks for it, else an intruder, else the first', () => {
    assert.equal(foremost([unknown, stranger, own]), own);
    assert.equal(foremost([unknown, stranger]), stranger);
    assert.equal(foremost([unknown, listener({ kind: 'unknown' }, 4)]), unknown);
    assert.equal(foremost([]), undefined);
  });
});
