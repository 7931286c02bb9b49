import assert from 'node:assert/strict';
import { BUILT_IN_CATALOGUE } from '../../../../src/core/domain/catalogue';
import type { AllocationView } from '../../../../src/core/domain/model';
import type { InspectAnswer } from '../../../../src/core/messages/requests';
import { inspectPage } from '../../../../src/vscode/pages/inspectPage';
import { A_HOLDER, allocationView } from '../../../support/views';

const CONTEXT = {
  types: [...BUILT_IN_CATALOGUE.values()],
  now: 61_000,
  time: (at: number) => `T${at}`,
};
const NOBODY: InspectAnswer = {
  port: 3000,
  addresses: [{ address: '127.0.0.1', result: 'free' }],
  listeners: [],
  history: [],
  serviceTypes: ['dev'],
  checkedAt: 61_000,
};

function words(answer: InspectAnswer): string {
  return inspectPage(answer, CONTEXT)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

describe('inspectPage', () => {
  it('tells who has the port, since when, what listens, what was checked and what was', () => {
    const process = { pid: 7, command: 'node server.js', cwd: '/home/me/shop', startedAt: 5_000 };
    const page = words({
      ...NOBODY,
      allocation: allocationView({ state: 'listening', process, movedFrom: 2999 }),
      listeners: [{ port: 3000, process }],
      addresses: [
        { address: '127.0.0.1', result: 'busy' },
        { address: '::1', result: 'absent' },
      ],
      history: [
        { at: 1, port: 3000, kind: 'granted', service: 'a', workspace: '/x/old', by: 'cli' },
        { at: 2, port: 3000, kind: 'moved-to', service: 'web', workspace: '/x/shop', by: 'w' },
      ],
    });
    for (const text of [
      '3000 web in shop listening',
      'Since T1000 (1 min)',
      'Moved from 2999',
      'Held by shop (window, pid 42) since T1000',
      'Command node server.js Pid 7 Folder /home/me/shop Started T5000',
      '127.0.0.1 busy: someone listens',
      '::1 not on this machine',
      'T2 moved here: web in shop by w T1 allocated: a in old by cli',
      'Checked T61000. Check Again',
    ]) {
      assert.ok(page.includes(text), `"${text}" in: ${page}`);
    }
  });

  it('tells for whom a shared port is held, who joined and left, and why it moved', () => {
    const page = words({
      ...NOBODY,
      allocation: allocationView({
        service: 'rag',
        group: 'ai/rag',
        movedFrom: 11_430,
        movedBecause: 'its plan names 11431 now',
        holders: [
          { ...A_HOLDER, workspace: '/home/me/shop', service: 'rag' },
          { ...A_HOLDER, label: 'docs', pid: 7, workspace: '/home/me/docs', service: 'rag' },
        ],
      }),
      history: [
        { at: 1, port: 3000, kind: 'joined', service: 'rag', workspace: '/x/docs', by: 'docs' },
        { at: 2, port: 3000, kind: 'left', service: 'rag', workspace: '/x/old', by: 'old' },
      ],
    });
    for (const text of [
      'Moved from 11430: its plan names 11431 now',
      'Shared with all workspaces that ask for it',
      'shop (window, pid 42) for rag in shop since T1000',
      'docs (window, pid 7) for rag in docs since T1000',
      'T2 left: rag in old by old T1 joined: rag in docs by docs',
    ]) {
      assert.ok(page.includes(text), `"${text}" in: ${page}`);
    }
  });

  it('tells whose the listener is, what to do, and what was seen lately', () => {
    const process = { pid: 7, command: 'node server.js' };
    const intruder = { kind: 'sibling', workspace: '/x/shop-2', sameRepository: true } as const;
    const allocation = allocationView({ state: 'conflict', process, intruder });
    const answer: InspectAnswer = {
      ...NOBODY,
      allocation,
      health: [
        { at: 1, state: 'reserved', reason: 'nobody listens' },
        { at: 2, state: 'conflict' },
      ],
    };
    const page = words(answer);
    for (const text of [
      'conflict Port 3000 of web in shop is in use by node server.js (pid 7), from another ' +
        'checkout, /x/shop-2. Move it to a free port, or stop the other',
      'Lately T2 conflict T1 reserved nobody listens History',
    ]) {
      assert.ok(page.includes(text), `"${text}" in: ${page}`);
    }
    assert.match(inspectPage(answer, CONTEXT), /command:styxy\.moveToFreePort\?%5B%7B%22id%22/);
    assert.doesNotMatch(
      inspectPage({ ...NOBODY, allocation: allocationView() }, CONTEXT),
      /moveToFreePort|Lately/,
    );
  });

  it('tells what the plan checks, and what the server answered', () => {
    const planned = { health: '/healthz' };
    const sick = { ok: false, reason: 'it answered 500', failures: 3 } as const;
    const page = (some: Partial<AllocationView>): string =>
      words({ ...NOBODY, allocation: allocationView({ state: 'listening', planned, ...some }) });
    assert.match(page({}), /Health check \/healthz Held/);
    assert.match(page({ health: { ok: true } }), /Health check \/healthz: healthy Held/);
    assert.match(
      page({ health: sick }),
      /failed the health check \/healthz: it answered 500, 3 times\. .* Health check \/healthz: unhealthy: it answered 500 \(3 times\) Held/,
    );
  });

  it('tells of a port that nobody got', () => {
    const page = words({ ...NOBODY, port: 6000, serviceTypes: [], reserved: 'browsers refuse it' });
    assert.match(page, /6000 Not allocated free Styxy gave this port to nobody\./);
    assert.match(page, /In the range of none Given to nobody browsers refuse it/);
    assert.match(page, /Nobody listens on this port\./);
    assert.match(page, /Nothing is known of its past\./);
  });

  it('tells of a stranger who listens', () => {
    const page = words({ ...NOBODY, listeners: [{ port: 3000 }] });
    assert.match(
      page,
      /Not allocated listening Styxy gave this port to nobody, and someone listens/,
    );
    assert.match(page, /the system does not tell who/);
  });

  it('escapes whatever comes from outside', () => {
    const evil = `"><script>alert('1')</script>&`;
    const process = { command: evil, cwd: evil, workspace: evil };
    const page = inspectPage(
      {
        ...NOBODY,
        allocation: allocationView({
          service: evil,
          workspace: evil,
          id: evil,
          process,
          state: 'conflict',
          intruder: { kind: 'stranger', workspace: evil },
          planned: { health: evil },
          health: { ok: false, reason: evil, failures: 2 },
        }),
        listeners: [{ port: 3000, process }],
        addresses: [{ address: evil, result: 'busy' }],
        history: [
          {
            at: 1,
            port: 1,
            kind: 'released',
            service: evil,
            workspace: evil,
            by: evil,
            note: evil,
          },
        ],
        health: [{ at: 1, state: 'listening', reason: evil }],
        reserved: evil,
        serviceTypes: [evil],
      },
      CONTEXT,
    );
    assert.doesNotMatch(page, /<script|'1'|"><s/);
  });

  it('offers to open only what speaks HTTP', () => {
    const tcp = { ...NOBODY, allocation: allocationView({ serviceType: 'database' }) };
    assert.doesNotMatch(inspectPage(tcp, CONTEXT), /openInBrowser|copyUrl/);
    const web = { ...NOBODY, allocation: allocationView() };
    assert.match(inspectPage(web, CONTEXT), /command:styxy\.openInBrowser\?%5B%7B%22id%22/);
  });
});
