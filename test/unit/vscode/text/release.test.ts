import assert from 'node:assert/strict';
import {
  leavingOf,
  releaseFields,
  releaseWarning,
  releasedText,
  releasingOf,
} from '../../../../src/vscode/text/release';
import { seenFrom } from '../../../../src/vscode/text/sharing';
import { A_HOLDER, allocationView } from '../../../support/views';

const SHOP = '/home/me/shop';
const DOCS = '/home/me/docs';
const BLOG = '/home/me/blog';
const web = allocationView();

function shared(...workspaces: string[]) {
  return allocationView({
    service: 'rag',
    serviceType: 'ai',
    port: 11_430,
    group: 'ai/rag',
    workspace: workspaces[0] ?? SHOP,
    holders: workspaces.map((workspace) => ({ ...A_HOLDER, workspace, service: 'rag' })),
  });
}

function warning(view: Parameters<typeof releasingOf>[0], own: readonly string[]) {
  return releaseWarning(view, releasingOf(view, own), own);
}

describe('releasing a port', () => {
  it('ends what is not shared, and asks only for others or when something listens', () => {
    assert.deepEqual(releasingOf(web, [SHOP]), { kind: 'ends' });
    assert.equal(warning(web, [SHOP]), undefined);
    assert.deepEqual(warning(web, [DOCS]), {
      question: 'Release port 3000 of web in shop?',
      detail: `It belongs to the workspace ${SHOP}.`,
    });
    const process = { command: 'node a.js', pid: 7 };
    const listening = warning(allocationView({ state: 'listening', process }), [SHOP]);
    assert.match(
      listening?.detail ?? '',
      /^node a\.js \(pid 7\) listens on 3000\. Releasing stops/,
    );
    assert.deepEqual(releaseFields(web, { kind: 'ends' }, [DOCS]), {
      target: { id: web.id },
      workspaces: [DOCS],
      confirmed: true,
    });
  });

  it('leaves what others keep, without a question', () => {
    const view = shared(SHOP, DOCS, BLOG);
    const releasing = releasingOf(view, [SHOP]);
    assert.deepEqual(releasing, { kind: 'leaves', kept: [DOCS, BLOG] });
    assert.equal(warning(view, [SHOP]), undefined);
    assert.deepEqual(releaseFields(view, releasing, [SHOP, '/home/me/else']), {
      target: { service: 'rag', workspace: SHOP },
      workspaces: [SHOP],
      confirmed: true,
    });
  });

  it('says that it stays, and what goes on, when something listens', () => {
    const process = { command: 'ollama serve', pid: 7 };
    const view = { ...shared(SHOP, DOCS), state: 'listening' as const, process };
    assert.deepEqual(warning(view, [SHOP]), {
      question: 'Release port 11430 of rag in shop?',
      detail: 'rag stays on 11430 for docs.\nollama serve (pid 7) listens on 11430, and goes on.',
    });
  });

  it("asks before another workspace of a shared one leaves, and takes only that one's part", () => {
    const view = seenFrom(shared(SHOP, DOCS), { workspace: DOCS, service: 'rag' });
    assert.match(
      warning(view, [SHOP])?.detail ?? '',
      /stays on 11430 for shop[^]*workspace .*docs/,
    );
    const { target } = releaseFields(view, releasingOf(view, [SHOP]), [SHOP]);
    assert.deepEqual(target, { service: 'rag', workspace: DOCS });
  });

  it('ends a shared one with its last workspace', () => {
    assert.deepEqual(releasingOf(shared(SHOP), [SHOP]), { kind: 'ends' });
    assert.equal(warning(shared(SHOP), [SHOP]), undefined);
  });

  it('ends a shared one that is not held here only for everyone, after asking', () => {
    const view = shared(DOCS, BLOG);
    const releasing = releasingOf(view, [SHOP]);
    assert.deepEqual(releasing, { kind: 'everyone', workspaces: [DOCS, BLOG] });
    assert.deepEqual(warning(view, [SHOP]), {
      question: 'Release port 11430 of rag for everyone?',
      detail: 'This window does not hold it. It ends for docs and blog.',
    });
    const fields = releaseFields(view, releasing, [SHOP]);
    assert.deepEqual([fields.target, fields.everyone], [{ id: view.id }, true]);
    assert.deepEqual(leavingOf(view), { kind: 'leaves', kept: [BLOG] });
  });

  it('tells what came of it', () => {
    const pair = { service: 'rag', workspace: SHOP };
    const released = shared(DOCS, BLOG);
    assert.equal(
      releasedText({ released, remainingHolders: 2, message: '' }, pair),
      'rag in shop left port 11430. It stays for docs and blog.',
    );
    assert.equal(
      releasedText({ released, remainingHolders: 0, message: '' }, pair),
      'Port 11430 of rag in shop is free.',
    );
  });
});
