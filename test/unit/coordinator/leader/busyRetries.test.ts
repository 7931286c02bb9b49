import assert from 'node:assert/strict';
import { Term } from '../../../../src/coordinator/leader/term';
import { StyxyError } from '../../../../src/core/domain/errors';
import type { PortProbe } from '../../../../src/core/host/interfaces';
import type { AllocateAnswer } from '../../../../src/core/messages/requests';
import { settled } from '../../../support/world/waiting';
import { participant } from '../../core/allocation/support/engine';
import { stage, type Stage } from '../support';

const TINY = JSON.stringify({
  service_types: { tiny: { port_range: [7000, 7001], preferred_ports: [7000] } },
  recovery: { port_conflict: { max_retries: 2, backoff_ms: 100, backoff_multiplier: 3 } },
});

describe('a request for which every candidate is busy', () => {
  let theStage: Stage;
  let term: Term;
  let busy: Set<number>;
  let looks: number;

  async function begin(config = TINY): Promise<void> {
    busy = new Set([7000, 7001]);
    looks = 0;
    theStage = stage();
    theStage.config.text = config;
    const { tools, candidacy } = theStage;
    const probe: PortProbe = {
      ...tools.look.probe,
      check: async (port) => (busy.has(port) ? 'busy' : 'free'),
      firstFree: async (candidates: readonly number[]) => {
        looks += 1;
        return new Map(
          candidates.map((port) => [port, busy.has(port) ? ('busy' as const) : 'free']),
        );
      },
    };
    const start = await Term.begin({ ...tools, look: { ...tools.look, probe } }, candidacy);
    assert.equal(start.kind, 'leading');
    term = start.term;
  }

  afterEach(async () => {
    const leaving = term.handOver();
    await theStage.clock.advance(5000);
    await leaving;
  });

  function ask(more: object = {}): Promise<AllocateAnswer> {
    const request = { workspace: '/home/me/a', service: 'web', serviceType: 'tiny', ...more };
    const caller = participant('window-1');
    return term.answer('allocate', { requestId: 'request-1', ...request }, caller);
  }

  /** How it ended, once it did. */
  function watch(asked: Promise<AllocateAnswer>): { answer?: AllocateAnswer; error?: StyxyError } {
    const seen: { answer?: AllocateAnswer; error?: StyxyError } = {};
    asked.then(
      (answer) => (seen.answer = answer),
      (error: unknown) => (seen.error = error as StyxyError),
    );
    return seen;
  }

  it('gets the first port that comes free while it is tried again', async () => {
    await begin();
    const seen = watch(ask());
    await theStage.clock.advance(99);
    assert.deepEqual(seen, {});
    busy.delete(7001);
    await theStage.clock.advance(1);
    assert.equal(seen.answer?.allocation.port, 7001);
  });

  it('is refused after the last try, with who has the ports', async () => {
    await begin();
    const seen = watch(ask());
    await theStage.clock.advance(399);
    assert.deepEqual(seen, {});
    assert.equal(looks, 2);
    await theStage.clock.advance(1);
    assert.equal(seen.error?.code, 'no_port_available');
    assert.equal(looks, 3);
    assert.deepEqual(seen.error?.details.conflicts, [{ port: 7000 }, { port: 7001 }]);
  });

  it('holds up nobody else meanwhile', async () => {
    await begin();
    const seen = watch(ask());
    await settled();
    const other = await ask({ requestId: 'request-2', service: 'api', serviceType: 'api' });
    assert.equal(other.allocation.port, 8000);
    assert.deepEqual(seen, {});
    await theStage.clock.advance(400);
  });

  it('is refused at once when exactly that port is wanted', async () => {
    await begin();
    const seen = watch(ask({ port: 7000, exact: true }));
    await settled();
    assert.equal(seen.error?.code, 'port_in_use');
  });

  it('is refused at once when waiting cannot help', async () => {
    await begin();
    busy.clear();
    await ask({ service: 'a', requestId: 'a' });
    await ask({ service: 'b', requestId: 'b' });
    const seen = watch(ask());
    await settled();
    assert.equal(seen.error?.code, 'no_port_available');
    assert.equal(seen.error.retryable, false);
  });

  it('is told when the leader leaves meanwhile', async () => {
    await begin();
    const seen = watch(ask());
    await settled();
    const leaving = term.handOver();
    await theStage.clock.advance(50);
    await leaving;
    assert.equal(seen.error?.code, 'leadership_lost');
  });

  it('gets a port that is not looked at, where the configuration wants that', async () => {
    await begin(TINY.replace('"max_retries":2', '"check_availability":false'));
    const { allocation } = await ask();
    assert.equal(allocation.port, 7000);
    assert.equal(looks, 0);
  });

  it('is not tried again where the layer is off', async () => {
    await begin(TINY.replace('"max_retries":2', '"max_retries":0'));
    await assert.rejects(
      ask(),
      (error) => error instanceof StyxyError && error.code === 'no_port_available',
    );
    assert.equal(looks, 1);
  });
});
