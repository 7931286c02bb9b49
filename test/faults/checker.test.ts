import assert from 'node:assert/strict';
import { check } from './checker';
import type { Call, Entry, Grant, Line } from './diary';
import { recall } from './memory';
import { failOvers } from './report';

/** Writes diaries by hand: each line a moment after the one before. */
class Story {
  readonly lines: Line[] = [];
  #calls = 0;

  ask(who: string, call: Call): number {
    this.#calls += 1;
    return this.#write(who, { ev: 'ask', n: this.#calls, call }, this.#calls);
  }

  granted(who: string, grant: Grant): void {
    const { workspace, service } = grant;
    const n = this.ask(who, { kind: 'allocate', workspace, services: [service] });
    this.ok(who, n, { grants: [grant] });
  }

  released(who: string, id: string, remaining = 0): void {
    this.ok(who, this.ask(who, { kind: 'release', id }), { remaining });
  }

  ok(who: string, n: number, facts: { grants?: Grant[]; remaining?: number } = {}): void {
    this.#write(who, { ev: 'ok', n, epoch: 1, ...facts });
  }

  no(who: string, n: number, code: 'timeout' | 'allocation_not_found' | 'port_in_use'): void {
    this.#write(who, { ev: 'no', n, code, unknown: code === 'timeout', message: code });
  }

  killed(who: string): void {
    this.#write(who, { ev: 'killed' });
  }

  rules(final: readonly Grant[]): string[] {
    return check(this.lines, final).map(({ rule }) => rule);
  }

  #write<T>(who: string, entry: Entry, result?: T): T {
    this.lines.push({ t: this.lines.length + 1, who, ...entry });
    return result as T;
  }
}

const WEB: Grant = { id: 'web', port: 3000, workspace: '/a', service: 'l0-1' };
const API: Grant = { id: 'api', port: 3001, workspace: '/b', service: 'l0-1' };
const RAG: Grant = { id: 'rag', port: 11430, workspace: '/a', service: 'rag', group: 'ai/rag' };

describe('the checker of the storm', () => {
  let story: Story;

  beforeEach(() => {
    story = new Story();
  });

  it('finds nothing where everything was kept', () => {
    story.granted('p0.1', WEB);
    story.granted('p0.1', WEB);
    story.granted('p1.1', API);
    story.released('p0.1', 'web');
    story.granted('p1.1', { ...WEB, id: 'web-2', workspace: '/b', service: 'l0-2' });
    const final = [API, { ...WEB, id: 'web-2', workspace: '/b', service: 'l0-2' }];
    assert.deepEqual(story.rules(final), []);
  });

  it('finds a port with two holders, and shows how both got it', () => {
    story.granted('p0.1', WEB);
    story.granted('p1.1', { ...API, port: 3000 });
    const [found] = check(story.lines, [WEB, { ...API, port: 3000 }]);
    assert.equal(found?.rule, 'one port, two holders');
    assert.deepEqual(found?.trace, story.lines);
  });

  it('finds one that is given away before its release was asked for, and only that', () => {
    story.granted('p0.1', WEB);
    const early = story.ask('p1.1', { kind: 'allocate', workspace: '/b', services: ['l0-1'] });
    const release = story.ask('p0.1', { kind: 'release', id: 'web' });
    story.ok('p1.1', early, { grants: [{ ...API, port: 3000 }] });
    story.ok('p0.1', release, { remaining: 0 });
    assert.deepEqual(story.rules([{ ...API, port: 3000 }]), []);
    const other = new Story();
    other.granted('p0.1', WEB);
    other.granted('p1.1', { ...API, port: 3000 });
    other.released('p0.1', 'web');
    assert.deepEqual(other.rules([{ ...API, port: 3000 }]), ['one port, two holders']);
  });

  it('finds a grant that is not there in the end', () => {
    story.granted('p0.1', WEB);
    assert.deepEqual(story.rules([]), ['lost']);
  });

  it('expects grants of the killed to be kept', () => {
    story.granted('p0.1', WEB);
    story.killed('p0.1');
    assert.deepEqual(story.rules([]), ['lost']);
  });

  it('finds a grant that a release does not find any more', () => {
    story.granted('p0.1', WEB);
    const n = story.ask('p0.1', { kind: 'release', id: 'web' });
    story.no('p0.1', n, 'allocation_not_found');
    // Whatever is shown later.
    assert.deepEqual(story.rules([WEB]), ['lost']);
    assert.deepEqual(story.rules([]), ['lost']);
  });

  it('finds a release that did not last', () => {
    story.granted('p0.1', WEB);
    story.released('p0.1', 'web');
    assert.deepEqual(story.rules([WEB]), ['came back']);
    story.granted('p0.1', WEB);
    assert.deepEqual(story.rules([]), ['came back']);
  });

  it('finds a port that changed by itself', () => {
    story.granted('p0.1', WEB);
    assert.deepEqual(story.rules([{ ...WEB, port: 3002 }]), ['shifted']);
    story.granted('p0.1', { ...WEB, port: 3002 });
    assert.deepEqual(story.rules([{ ...WEB, port: 3002 }]), ['shifted']);
  });

  it('follows a move, and holds the old port no longer', () => {
    story.granted('p0.1', WEB);
    story.ok('p0.1', story.ask('p0.1', { kind: 'move', id: 'web', to: 4000 }));
    story.granted('p1.1', { ...API, port: 3000 });
    assert.deepEqual(
      story.rules([
        { ...WEB, port: 4000 },
        { ...API, port: 3000 },
      ]),
      [],
    );
    assert.deepEqual(story.rules([WEB, { ...API, port: 3001 }]).sort(), ['shifted', 'shifted']);
  });

  it('goes on holding after a move that was refused', () => {
    story.granted('p0.1', WEB);
    story.no('p0.1', story.ask('p0.1', { kind: 'move', id: 'web', to: 4000 }), 'port_in_use');
    assert.deepEqual(story.rules([]), ['lost']);
  });

  it('finds a pair with two allocations', () => {
    story.granted('p0.1', WEB);
    story.granted('p0.2', { ...WEB, id: 'other', port: 3005 });
    const found = story.rules([WEB, { ...WEB, id: 'other', port: 3005 }]);
    assert.deepEqual(new Set(found), new Set(['one pair, two allocations']));
  });

  it('lets an unknown outcome be either', () => {
    story.granted('p0.1', WEB);
    story.no('p0.1', story.ask('p0.1', { kind: 'release', id: 'web' }), 'timeout');
    story.ask('p1.1', { kind: 'allocate', workspace: '/b', services: ['l0-1'] });
    story.killed('p1.1');
    assert.deepEqual(story.rules([]), []);
    assert.deepEqual(story.rules([WEB]), []);
    assert.deepEqual(story.rules([API]), []);
    const again = story.ask('p0.1', { kind: 'release', id: 'web' });
    story.no('p0.1', again, 'allocation_not_found');
    assert.deepEqual(story.rules([]), []);
  });

  it('finds what nobody asked for', () => {
    assert.deepEqual(story.rules([WEB]), ['unexplained']);
  });

  it('lets a singleton have many holders, and end with the last', () => {
    story.granted('p0.1', RAG);
    story.granted('p1.1', { ...RAG, workspace: '/b' });
    story.released('p0.1', 'rag', 1);
    assert.deepEqual(story.rules([RAG]), []);
    assert.deepEqual(story.rules([]), ['lost']);
    story.released('p1.1', 'rag', 0);
    assert.deepEqual(story.rules([]), []);
    assert.deepEqual(story.rules([RAG]), ['came back']);
  });

  it('finds two of what there is one of, unless the holder of the other was killed', () => {
    const second = { ...RAG, id: 'rag-2', port: 11431, workspace: '/b' };
    story.granted('p0.1', RAG);
    story.granted('p1.1', second);
    assert.deepEqual(story.rules([RAG, second]), ['two singletons', 'two singletons']);
    const other = new Story();
    other.granted('p0.1', RAG);
    other.killed('p0.1');
    other.granted('p1.1', second);
    assert.deepEqual(other.rules([second]), []);
  });

  it('takes an internal error for what it is', () => {
    const n = story.ask('p0.1', { kind: 'release', id: 'web' });
    const no = { ev: 'no', n, code: 'internal', unknown: true, message: 'oops' } as const;
    story.lines.push({ t: 99, who: 'p0.1', ...no });
    assert.deepEqual(story.rules([]), ['internal error']);
  });

  it('measures from the loss of a leader to the first answer of a later epoch', () => {
    const at = (ms: number, entry: Entry): Line => ({ t: ms * 1e6, who: 'p0.1', ...entry });
    const fault = { ev: 'fault', kind: 'kill leader', epoch: 3 } as const;
    const lines = [
      at(100, { ...fault, lost: 'killed' }),
      at(110, { ev: 'ok', n: 1, epoch: 3 }),
      at(150, { ev: 'ok', n: 2, epoch: 4 }),
      at(200, { ...fault, epoch: 4 }),
      at(300, { ev: 'ok', n: 3, epoch: 5 }),
    ];
    assert.deepEqual(failOvers(lines, 'killed'), { count: 1, p50: 50, p99: 50 });
    assert.deepEqual(failOvers(lines, 'frozen'), { count: 0 });
  });

  it('goes on from the diary of a killed participant', () => {
    story.granted('p0.1', WEB);
    story.granted('p0.1', { ...WEB, id: 'two', port: 3002, service: 'l0-2' });
    story.granted('p0.1', { ...WEB, id: 'three', port: 3003, service: 'l0-3' });
    story.granted('p0.1', { ...WEB, id: 'four', port: 3004, service: 'l1-4' });
    story.released('p0.1', 'two');
    story.ask('p0.1', { kind: 'release', id: 'three' });
    const { held, owed } = recall(story.lines, 'l0');
    assert.deepEqual([...held.values()], [WEB]);
    assert.deepEqual([...owed], ['three']);
  });
});
