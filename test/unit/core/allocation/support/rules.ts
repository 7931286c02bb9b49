import { COOLDOWN_MS, type Rules } from '../../../../../src/core/allocation/rules';
import { DEFAULT_CONFIGURATION } from '../../../../../src/core/config/defaults';
import { BUILT_IN_CATALOGUE } from '../../../../../src/core/domain/catalogue';

/** The rules without any configuration: built-in types, no templates, nothing reserved. */
export const DEFAULT_RULES: Rules = {
  catalogue: BUILT_IN_CATALOGUE,
  reservations: new Map(),
  cooldownMs: COOLDOWN_MS,
  autoAllocation: DEFAULT_CONFIGURATION.autoAllocation,
  templates: new Map(),
  recovery: DEFAULT_CONFIGURATION.recovery,
};
