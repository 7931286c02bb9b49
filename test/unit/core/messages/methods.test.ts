import assert from 'node:assert/strict';
import fc from 'fast-check';
import { StyxyError } from '../../../../src/core/domain/errors';
import { METHOD_NAMES, parseParams } from '../../../../src/core/messages/methods';

const REQUEST_ID = '5b0f4c1e-0000-4000-8000-000000000001';

describe('the door of the leader', () => {
  it('lets well-formed requests through, with fields it does not know', () => {
    const allocate = { requestId: REQUEST_ID, workspace: '/w', service: 'web', colour: 'red' };
    assert.deepEqual(parseParams('allocate', allocate), allocate);
    const release = { requestId: REQUEST_ID, target: { port: 3000 }, workspaces: ['/w'] };
    assert.deepEqual(parseParams('release', release), release);
    assert.deepEqual(parseParams('ping', {}), {});
  });

  for (const [what, method, params, path] of [
    ['a port as a string', 'allocate', { port: '3000' }, 'port'],
    ['a missing workspace', 'allocate', { workspace: undefined }, 'workspace'],
    ['a service that is no text', 'allocate', { service: 5 }, 'service'],
    ['a request id that is no text', 'allocate', { requestId: 5 }, 'requestId'],
    ['a workspace list of numbers', 'release', { workspaces: [1] }, 'workspaces.0'],
    ['a text longer than any path', 'allocate', { workspace: '/'.repeat(5000) }, 'workspace'],
  ] as const) {
    it(`refuses ${what}, and says where`, () => {
      const sound = {
        requestId: REQUEST_ID,
        workspace: '/w',
        service: 'web',
        target: { port: 3000 },
        workspaces: [],
      };
      const refuse = (): unknown => parseParams(method, { ...sound, ...params });
      assert.throws(refuse, (error: unknown) => {
        assert.ok(error instanceof StyxyError);
        assert.equal(error.code, 'invalid_argument');
        assert.equal(error.details.path, path);
        assert.match(error.message, /Correct it and ask again/);
        return true;
      });
    });
  }

  it('answers whatever comes with a coded error or the value itself', () => {
    fc.assert(
      fc.property(fc.constantFrom(...METHOD_NAMES), fc.anything(), (method, params) => {
        try {
          parseParams(method, params);
        } catch (error) {
          assert.ok(error instanceof StyxyError && error.code === 'invalid_argument');
        }
      }),
    );
  });

  const HELLO = {
    proof: 'ab',
    participant: {
      id: REQUEST_ID,
      kind: 'window',
      label: 'a',
      pid: 1,
      startedAt: 1,
      version: '0.1.0',
      folders: [],
    },
    holds: [],
  };

  it('refuses numbers that JSON reads but cannot write', () => {
    const participant = { ...HELLO.participant, startedAt: JSON.parse('1e309') as number };
    parseParams('hello', HELLO);
    assert.throws(() => parseParams('hello', { ...HELLO, participant }), /participant\.startedAt/);
  });

  it('looks no further than the first thing that is wrong', () => {
    let looks = 0;
    const counted = {
      get service() {
        looks += 1;
        return '';
      },
    };
    const plan = { requestId: REQUEST_ID, workspace: '/w', services: [0, counted] };
    assert.throws(() => parseParams('allocatePlan', plan), /services\.0/);
    assert.equal(looks, 1, 'once for the depth');
  });

  it('takes of what a window announces only what could be stored', () => {
    const held = {
      id: REQUEST_ID,
      port: 3000,
      serviceType: 'dev',
      service: 'web',
      workspace: '/w',
      holders: [],
      allocatedAt: 1,
      colour: 'red',
    };
    const wrong = [
      0,
      { ...held, port: 80 },
      { ...held, service: 'a b' },
      { ...held, workspace: 'w' },
      { ...held, allocatedAt: JSON.parse('1e309') as number },
    ];
    const { holds } = parseParams('hello', { ...HELLO, holds: [...wrong, held, ...wrong] });
    assert.deepEqual(holds, [held]);
  });

  it('quotes no more of a long value than a person reads', () => {
    const nonce = 'z'.repeat(500_000);
    assert.throws(
      () => parseParams('handshake', { protocol: 1, nonce }),
      ({ message }: Error) => message.length < 500,
    );
  });

  it('does not take prototype keys for fields', () => {
    const hostile: unknown = JSON.parse('{"__proto__":{"port":5},"requestId":"x"}');
    assert.throws(() => parseParams('inspect', hostile), StyxyError);
  });
});
