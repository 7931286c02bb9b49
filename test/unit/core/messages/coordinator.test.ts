import assert from 'node:assert/strict';
import { createClient, type SendRequest } from '../../../../src/core/messages/coordinator';
import { isWrite, REQUEST_NAMES } from '../../../../src/core/messages/methods';

describe('a client made from the table of methods', () => {
  const sent: { method: string; params: object; options: unknown }[] = [];
  const send = (async (method: string, params: object, options: unknown) => {
    sent.push({ method, params, options });
  }) as unknown as SendRequest;
  let made = 0;
  const client = createClient({ uuid: () => `id-${(made += 1)}` }, send);

  beforeEach(() => {
    sent.length = 0;
    made = 0;
  });

  it('has a function for every request that a participant may make', () => {
    assert.deepEqual(Object.keys(client), REQUEST_NAMES);
  });

  it('sends what changes the state under an id, and only that', async () => {
    const target = { service: 'web', workspace: '/w' };
    await client.release({ target, workspaces: ['/w'] });
    await client.inspect({ port: 3000 });
    await client.setAutoAllocation({ enabled: true });
    assert.deepEqual(
      sent.map(({ params }) => params),
      [{ target, workspaces: ['/w'], requestId: 'id-1' }, { port: 3000 }, { enabled: true }],
    );
    assert.deepEqual(REQUEST_NAMES.filter(isWrite), [
      'allocate',
      'release',
      'move',
      'allocatePlan',
      'undoAutoAllocation',
    ]);
  });

  it('takes options first where a request says nothing beside its name', async () => {
    const options = { deadlineMs: 5 };
    await client.list(options);
    await client.status();
    await client.inspect({ port: 3000 }, options);
    assert.deepEqual(sent, [
      { method: 'list', params: {}, options },
      { method: 'status', params: {}, options: undefined },
      { method: 'inspect', params: { port: 3000 }, options },
    ]);
  });
});
