import assert from 'node:assert/strict';
import type { AllocateAnswer } from '../../../../src/core/messages/requests';
import { grantSentence } from '../../../../src/vscode/text/grant';
import { A_HOLDER, allocationView } from '../../../support/views';

function answer(some: Partial<AllocateAnswer> = {}): AllocateAnswer {
  return {
    allocation: allocationView(),
    existing: false,
    conflicts: [],
    attempts: 1,
    message: '',
    ...some,
  };
}

describe('grantSentence', () => {
  it('never shifts silently', () => {
    assert.equal(grantSentence(answer()), 'web in shop has port 3000.');
    assert.equal(grantSentence(answer({ existing: true })), 'web in shop already has port 3000.');
    assert.equal(
      grantSentence(
        answer({
          movedFrom: 2999,
          conflicts: [{ port: 2999, process: { command: 'python app.py', pid: 9 } }],
        }),
      ),
      'web in shop moved from port 2999 to 3000. Port 2999 is taken by python app.py (pid 9).',
    );
    assert.equal(
      grantSentence(answer({ wish: 5173 })),
      'web in shop has port 3000. Its plan names port 5173, which was not to be had.',
    );
  });

  it('counts what was passed over after the first', () => {
    assert.equal(
      grantSentence(
        answer({
          conflicts: [
            { port: 1, reason: 'allocated', pair: { workspace: '/home/me/api', service: 'x' } },
            { port: 2 },
            { port: 3 },
          ],
        }),
      ),
      'web in shop has port 3000. Port 1 belongs to x in api. 2 more were passed over.',
    );
  });

  it('says whose a shared port is, to whoever joins it', () => {
    const docs = { workspace: '/home/me/docs', service: 'rag' };
    const shop = { workspace: '/home/me/shop', service: 'rag' };
    const shared = { group: 'ai/rag', ...docs, holder: A_HOLDER, since: 1_000, holders: 2 };
    const allocation = allocationView({ ...docs, port: 11_430, group: 'ai/rag' });
    const joined = answer({ allocation, existing: true, shared });
    assert.equal(
      grantSentence(joined, shop),
      'rag in shop shares port 11430. It is that of rag in docs, held by shop (pid 42).',
    );
    assert.equal(
      grantSentence({ ...joined, existing: false }, docs),
      'rag in docs has port 11430. Other workspaces that ask for it share this port.',
    );
  });

  it('tells the range of a new type', () => {
    const autoAllocated = {
      serviceType: 'grafana',
      range: { first: 10_010, last: 10_019 },
      chunkSize: 10,
      placement: 'after',
    } as const;
    assert.equal(
      grantSentence(answer({ autoAllocated })),
      'web in shop has port 3000. The new type "grafana" has the range 10010-10019.',
    );
  });
});
