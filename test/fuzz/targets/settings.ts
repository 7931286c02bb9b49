import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseParams } from '../../../src/core/messages/methods';
import {
  SETTING_KEYS,
  settingFrom,
  type SettingKey,
} from '../../../src/vscode/window/contributions';
import { mutatedJson } from '../jsonMutations';
import { pureTarget, refusalOf } from '../target';
import { VALID } from './protocol';

const KEYS = Object.keys(SETTING_KEYS) as SettingKey[];

/** What getConfiguration() gives is whatever settings.json holds there. */
export const settings = pureTarget({
  name: 'values of settings',
  runs: 1_000,
  inputs: fc.record({
    key: fc.constantFrom(...KEYS),
    value: mutatedJson([true, false, 'dev', '', {}, null]),
  }),
  holds: ({ key, value }) => {
    const fallback = SETTING_KEYS[key] === 'boolean' ? true : '';
    const used = settingFrom(key, value, fallback);
    assert.equal(typeof used, SETTING_KEYS[key]);
    assert.ok(used === value || used === fallback);
    if (key === 'template') {
      refusalOf(() => parseParams('allocatePlan', { ...VALID.allocatePlan, template: used }));
    }
  },
});
