import assert from 'node:assert/strict';
import { SETTING_KEYS } from '../../src/vscode/window/contributions';
import { manifest, translated } from '../support/manifest';

const { properties } = manifest.contributes.configuration;

describe('settings', () => {
  it('are those that the code reads, with the types it expects', () => {
    const declared = Object.entries(properties).map(([key, { type }]) => [key, type]);
    const read = Object.entries(SETTING_KEYS).map(([key, type]) => [`styxy.${key}`, type]);
    assert.deepEqual(declared.sort(), read.sort());
  });

  for (const [key, setting] of Object.entries(properties)) {
    it(`${key} has default, description, order and scope`, () => {
      assert.equal(typeof setting.default, setting.type);
      assert.ok(translated(setting.markdownDescription ?? '').length > 20);
      assert.ok(['machine', 'window', 'resource', 'application'].includes(setting.scope ?? ''));
      assert.equal(typeof setting.order, 'number');
    });
  }

  it('have an order of their own each', () => {
    const orders = Object.values(properties).map(({ order }) => order);
    assert.equal(new Set(orders).size, orders.length);
  });
});
