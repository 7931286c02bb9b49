import assert from 'node:assert/strict';
import type { Snapshot } from '../../../../src/core/messages/requests';
import type { Peer } from './peer';
import { until } from './until';

/** Types with a hundred ports each. */
const TYPES = ['dev', 'api', 'ui', 'test', 'functions', 'proxy', 'docs', 'monitoring'];

/** One grant of so many is kept, the others are given back. */
const KEPT_OF = 3;

/** From then on everything is given back, so that the ranges never run out. */
const MAX_HELD = 300;

/**
 * Participants that ask without pause, each in several lanes, and note every answer. Whatever
 * happens meanwhile, `assertKept` says afterwards whether it was kept.
 */
export class Load {
  /** Ports by the id of the allocation, as they were answered. */
  readonly held = new Map<string, number>();
  answers = 0;
  readonly #lanes: Promise<void>[];
  readonly #watchers: { readonly count: number; readonly tell: () => void }[] = [];
  #stopped = false;

  constructor(peers: readonly Peer[], lanes: number) {
    this.#lanes = peers.flatMap((peer) =>
      Array.from({ length: lanes }, (_, lane) => this.#run(peer, lane)),
    );
    for (const lane of this.#lanes) {
      // `stop` tells; a test that fails earlier must not end the process.
      lane.catch(() => undefined);
    }
  }

  /** Calls back in the very turn in which so many more answers have come. */
  after(count: number): Promise<void> {
    return Promise.race([
      new Promise<void>((tell) => this.#watchers.push({ count: this.answers + count, tell })),
      // Ends early only when a lane fails.
      Promise.all(this.#lanes).then(() => undefined),
    ]);
  }

  /** Everyone's last request is answered. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#lanes);
  }

  /** What was granted is there as it was answered, what was released is not, no port is twice. */
  assertKept({ allocations }: Snapshot): void {
    const listed = new Map(allocations.map(({ id, port }) => [id, port]));
    assert.deepEqual(sorted(listed), sorted(this.held));
    assert.equal(new Set(listed.values()).size, listed.size, 'a port is given twice');
  }

  async #run(peer: Peer, lane: number): Promise<void> {
    for (let turn = 0; !this.#stopped; turn += 1) {
      const service = `lane-${lane}.${turn}`;
      const { allocation, existing } = await peer.allocate(service, TYPES[turn % TYPES.length]);
      assert.equal(
        existing,
        false,
        `${service} was allocated by a request that was answered later`,
      );
      const { id, port } = allocation;
      assert.ok(![...this.held.values()].includes(port), `${port} was given twice`);
      this.held.set(id, port);
      this.#answered();
      if (turn % KEPT_OF !== 0 || this.held.size > MAX_HELD) {
        // Once the release is on its way the port may be another's.
        this.held.delete(id);
        await peer.release(service);
        this.#answered();
      }
    }
  }

  #answered(): void {
    this.answers += 1;
    for (const { count, tell } of this.#watchers) {
      if (this.answers >= count) {
        tell();
      }
    }
  }
}

function sorted(ports: ReadonlyMap<string, number>): string[] {
  return [...ports].map(([id, port]) => `${port} ${id}`).sort();
}

/** Waits until the participant is in order with a leader above `epoch`. */
export async function risen(peer: Peer, epoch: number): Promise<number> {
  let now = epoch;
  await until(`an epoch above ${epoch}`, async () => {
    ({ epoch: now } = await peer.call('status', {}));
    return now > epoch;
  });
  return now;
}
