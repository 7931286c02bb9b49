import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { createCoordinator } from '../../../src/coordinator/createCoordinator';
import { homeForEach } from './support/home';
import { until } from './support/until';

const silent = (): void => undefined;

describe('a participant that joins', () => {
  const home = homeForEach();

  it('is shown with the folders that it has open by then', async () => {
    const [leader] = await home.current.gather(1);
    assert.ok(leader);
    const newcomer = createCoordinator({
      kind: 'window',
      label: 'newcomer',
      folders: [],
      product: 'integration test',
      version: '0.0.0',
      home: home.current.path,
      leader: { kind: 'inline' },
      log: { debug: silent, info: silent, warn: silent, error: silent },
    });
    try {
      // Until the very moment in which it has joined, the introduction is under way.
      let folders: string[] = [];
      for (let turn = 0; newcomer.role.kind !== 'follower'; turn += 1) {
        folders = [`/folder-${turn}`];
        newcomer.setFolders(folders);
        await setImmediate();
      }
      await until('the leader to know its folders', async () => {
        const { participants } = await leader.call('status', {});
        const shown = participants.find(({ id }) => id === newcomer.participant);
        return shown?.folders.join() === folders.join();
      });
    } finally {
      await newcomer.close();
    }
  });
});
