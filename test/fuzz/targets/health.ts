import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import fc from 'fast-check';
import { isHealth } from '../../../src/core/domain/names';
import { HttpHealthProbe } from '../../../src/platform/net/httpHealthProbe';
import { target, type Scene } from '../target';
import { mutatedText } from '../textMutations';

const TEXTS = [
  '/healthz?deep=1#top',
  'http://localhost:3000/healthz',
  'https://127.0.0.1/',
  'http://[::1]:8080/',
  'http://127.0.0.1@example.invalid/',
  'http://localhost.example.invalid/',
  'http://[::ffff:192.0.2.1]/',
  'http://0x7f.1/',
  'http://2130706433/',
  'http://127.1/',
  '//example.invalid/',
  '/\\example.invalid',
  'file:///etc/passwd',
];

interface Input {
  readonly health: string;
  readonly port: number;
  readonly secure: boolean;
}

const inputs: fc.Arbitrary<Input> = fc.record({
  health: mutatedText(TEXTS),
  port: fc.integer({ min: 1_024, max: 65_535 }),
  secure: fc.boolean(),
});

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1)$/;

export const health = target({ name: 'health checks', runs: 500, inputs, open });

/** Nothing is really connected to: where it would go is noted, and nobody is there. */
function open(): Scene<Input> {
  const probe = new HttpHealthProbe();
  const original = Object.getOwnPropertyDescriptor(Socket.prototype, 'connect') ?? {};
  let asked: unknown[] = [];
  Object.defineProperty(Socket.prototype, 'connect', {
    ...original,
    value(this: Socket, ...args: unknown[]): Socket {
      asked.push(Array.isArray(args[0]) ? args[0][0] : args[0]);
      const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
      process.nextTick(() => this.destroy(refused));
      return this;
    },
  });
  return {
    holds: async (input) => {
      asked = [];
      const answer = await probe.check(input);
      assert.equal(answer.ok, false);
      assert.ok(asked.length <= 2);
      for (const place of asked) {
        const { host, port } = place as { readonly host?: unknown; readonly port?: unknown };
        assert.match(String(host), LOOPBACK, `${input.health} leads to ${String(host)}`);
        assert.ok(Number(port) >= 1 && Number(port) <= 65_535, `port ${String(port)}`);
      }
      if (isHealth(input.health)) {
        assert.ok(input.health.length <= 2_048);
      }
    },
    close: () => {
      Object.defineProperty(Socket.prototype, 'connect', original);
      return Promise.resolve();
    },
  };
}
