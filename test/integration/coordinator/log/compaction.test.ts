import assert from 'node:assert/strict';
import { grants, homeForEach } from '../support/home';
import { handedOver } from '../support/handedOver';
import type { Peer } from '../support/peer';
import { until } from '../support/until';

/** The leader's own epoch and the seven below it stay; of older ones the day's last checkpoint. */
const MOST_EPOCHS = 9;

/** A lock, two journals, a checkpoint and its `.bak` each; and one claim, always at hand. */
const MOST_FILES = 5 * MOST_EPOCHS + 1;

describe('many changes of leader', () => {
  const home = homeForEach();

  function numbered(names: readonly string[]): Set<string> {
    return new Set(
      names.flatMap((name) => /^(?:lock|journal|state)\.(\d{10})/.exec(name)?.[1] ?? []),
    );
  }

  async function tidied(): Promise<void> {
    await until('the folder to be tidy', async () => {
      const names = await home.current.files();
      const claims = names.filter((name) => name.startsWith('claim'));
      return (
        numbered(names).size <= MOST_EPOCHS && names.length <= MOST_FILES && claims.length <= 1
      );
    });
  }

  it('leave a bounded number of files, and everything that was answered', async () => {
    const peers = await home.current.gather(3);
    const [first] = peers;
    assert.ok(first);
    await first.allocate('web');
    const before = grants(await first.list());
    for (let round = 0; round < 12; round += 1) {
      await handedOver((await home.current.leader(first)).leader);
    }
    assert.ok((await home.current.epoch()) > 12);
    await tidied();
    // Nobody but the leader listens anywhere.
    const { record } = await home.current.lock();
    const sockets = await home.current.sockets();
    assert.ok(sockets.length === 1 && record.socket.endsWith(sockets[0] ?? '?'), sockets.join());
    assert.deepEqual(grants(await first.list()), before);
  });

  it('claims and sockets of leaders killed by -9 disappear', async () => {
    const [last] = await home.current.gather(1);
    assert.ok(last);
    for (let round = 0; round < 12; round += 1) {
      const next: Peer = await home.current.start(`next-${round}`);
      await next.joined();
      const { leader } = await home.current.leader(next);
      await next.allocate('web');
      await leader.kill();
      await next.list();
    }
    await tidied();
    await until('the sockets of the dead to be removed', async () => {
      const sockets = await home.current.sockets();
      return sockets.length === 1;
    });
    const { record } = await home.current.lock();
    assert.ok(record.socket.endsWith((await home.current.sockets())[0] ?? '?'));
  });
});
