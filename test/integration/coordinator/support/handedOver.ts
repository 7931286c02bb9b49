import type { Peer } from './peer';
import { until } from './until';

/**
 * Makes a leader hand over until somebody else leads: it yields for a moment only, so that on a
 * busy machine it may be the next one itself.
 */
export async function handedOver(leader: Peer): Promise<void> {
  let asked = 0;
  await until(`somebody else than ${leader.label} to lead`, async () => {
    const { role } = await leader.call('see', null);
    if (role.kind === 'leader' && role.epoch > asked) {
      asked = role.epoch;
      await leader.call('handOver', null);
    }
    return role.kind === 'follower';
  });
}
