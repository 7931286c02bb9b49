import assert from 'node:assert/strict';
import type { Role } from '../../../../src/core/messages/coordinator';
import { statusContent } from '../../../../src/vscode/text/statusContent';
import { allocationView } from '../../../support/views';

const LEADER: Role = { kind: 'leader', epoch: 1 };
const web = allocationView({ service: 'web', port: 3000 });
const api = allocationView({ service: 'api', port: 8000 });

describe('statusContent', () => {
  it('lists the ports of the window', () => {
    assert.deepEqual(statusContent(LEADER, [web, api]), {
      text: '$(plug) api 8000 · web 3000',
      spoken: 'Styxy: api 8000, web 3000',
      warn: false,
    });
  });

  it('shows what listens first and counts the rest', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((service, at) =>
      allocationView({ service, port: 3000 + at, state: service === 'e' ? 'listening' : 'down' }),
    );
    const { text, spoken } = statusContent(LEADER, many);
    assert.equal(text, '$(plug) e 3004 · a 3000 · b 3001 · +2');
    assert.equal(spoken, 'Styxy: e 3004, a 3000, b 3001, and 2 more');
  });

  it('says that there are none, and that it connects', () => {
    assert.equal(statusContent(LEADER, []).text, '$(plug) Styxy');
    const connecting: Role = { kind: 'connecting' };
    assert.equal(statusContent(connecting, undefined).text, '$(loading~spin) Styxy');
    assert.equal(statusContent(connecting, [web]).text, '$(loading~spin) web 3000');
  });

  it('warns only when the user must act', () => {
    const lost = statusContent({ kind: 'unreachable', problem: 'Why.' }, [web]);
    assert.deepEqual(lost, {
      text: '$(warning) Styxy',
      spoken: 'Styxy: not connected. Why.',
      warn: true,
    });
    const conflict = statusContent(LEADER, [api, { ...web, state: 'conflict' }]);
    assert.equal(conflict.warn, true);
    assert.equal(conflict.text, '$(warning) web 3000 · api 8000');
    assert.equal(conflict.spoken, 'Styxy: web 3000 conflict an unknown process, api 8000');
    assert.equal(statusContent(LEADER, [{ ...web, state: 'down' }]).warn, false);
  });

  it('says to those who hear it whose a listener is, and what is not well', () => {
    const intruder = { kind: 'sibling', workspace: '/x/shop-2', sameRepository: true } as const;
    const taken = { ...web, state: 'conflict', process: { pid: 7 }, intruder } as const;
    const health = { ok: false, reason: 'it answered 500', failures: 1 } as const;
    const sick = { ...api, state: 'listening', health } as const;
    assert.equal(
      statusContent(LEADER, [taken, sick]).spoken,
      'Styxy: web 3000 conflict from shop-2 (other checkout), api 8000 unhealthy: it answered 500',
    );
  });
});
