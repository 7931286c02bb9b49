import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AllocateAnswer, Snapshot } from '../../../../src/core/messages/requests';
import { homeForEach, type Home } from '../support/home';
import type { Peer } from '../support/peer';
import { until } from '../support/until';

/** What was answered, and to whom. */
interface Answered {
  readonly peer: Peer;
  readonly answer: AllocateAnswer;
}

describe('fifty mixed requests of eight windows while the leader is killed twice', () => {
  const home = homeForEach();

  it('give no port to two, no range to two, and lose nothing that was answered', async () => {
    const peers = await home.current.gather(8);
    const answered: Answered[] = [];
    const killed: number[] = [];
    // Twice, while the others wait: whoever leads when the first and the tenth answer are given.
    const killAt = new Set([1, 10]);
    let killing = Promise.resolve();
    const kill = async (): Promise<void> => {
      const { leader, epoch } = await home.current.leader(someone());
      await leader.kill();
      assert.equal(leader.end?.signal, 'SIGKILL');
      killed.push(epoch);
    };
    // All at once and by all.
    const asking = Array.from({ length: 50 }, async (_, index) => {
      const peer = peers[index % peers.length];
      assert.ok(peer);
      const answers = await insisted(peer, index);
      answered.push(...answers.map((answer) => ({ peer, answer })));
      if (answers.length > 0 && killAt.delete(killAt.has(1) ? 1 : 10)) {
        killing = killing.then(kill);
      }
    });
    await Promise.all(asking);
    await killing;
    assert.equal(killed.length, 2);
    assert.ok((killed[0] ?? 0) < (killed[1] ?? 0), 'the same leader was killed twice');
    const asked = someone();
    await asked.joined();
    await check(home.current, answered, await asked.list());
  });

  function someone(): Peer {
    const peer = home.current.peers.find(({ end }) => end === undefined);
    assert.ok(peer);
    return peer;
  }
});

/** One of the four kinds; nothing of a process that was killed meanwhile. */
async function insisted(peer: Peer, index: number): Promise<readonly AllocateAnswer[]> {
  const { workspace } = peer;
  try {
    switch (index % 4) {
      case 0:
        return [await peer.allocate(`known-${index}`)];
      case 1:
        return [await peer.allocate(`unknown-${index}`, `unknown-${index}`)];
      case 2:
        return [await peer.allocate('rag', 'ai')];
      default: {
        const services = ['web', 'api', 'docs'].map((name) => ({
          service: `${name}-${index}`,
          serviceType: name === 'web' ? 'dev' : name,
        }));
        return (await peer.call('allocatePlan', { workspace, services })).answers;
      }
    }
  } catch (error) {
    if (peer.end === undefined) {
      throw error;
    }
    return [];
  }
}

async function check(
  home: Home,
  answered: readonly Answered[],
  { allocations, configuration }: Snapshot,
): Promise<void> {
  const byId = new Map(allocations.map((each) => [each.id, each]));
  for (const { answer } of answered) {
    assert.equal(byId.get(answer.allocation.id)?.port, answer.allocation.port, 'an answer is lost');
  }
  assert.equal(new Set(allocations.map(({ port }) => port)).size, allocations.length);
  assert.equal(allocations.filter(({ group }) => group === 'ai/rag').length, 1);
  const found = answered.flatMap(({ answer }) => answer.autoAllocated ?? []);
  const shown = new Map(configuration?.types.map(({ name, range }) => [name, range]));
  for (const { serviceType, range } of found) {
    assert.deepEqual(shown.get(serviceType), range);
  }
  const ranges = [...shown.values()].sort((a, b) => a.first - b.first);
  for (const [index, { last }] of ranges.entries()) {
    const next = ranges[index + 1];
    assert.ok(next === undefined || next.first > last, 'two ranges overlap');
  }
  const auto = ranges.filter(({ first }) => first >= 11_500);
  for (const [index, { last }] of auto.entries()) {
    const next = auto[index + 1];
    assert.ok(next === undefined || next.first - last > 10, 'a gap is not kept');
  }
  await until('config.json to show every range', async () => {
    const text = await readFile(join(home.path, 'config.json'), 'utf8').catch(() => '{}');
    const types = (JSON.parse(text) as { service_types?: object }).service_types ?? {};
    return found.every(({ serviceType }) => Object.hasOwn(types, serviceType));
  });
}
