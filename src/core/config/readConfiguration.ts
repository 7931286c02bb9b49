import type { Node } from 'jsonc-parser';
import type { Configuration, FileProblem } from '../domain/configuration';
import { DEFAULT_CONFIGURATION } from './defaults';
import { Problems, membersOf, parseObject, type TextKind } from '../jsonc/json';
import { readAutoAllocation, readRules } from './readAutoAllocation';
import { readRecovery } from './readRecovery';
import { readReservations } from './readReservations';
import { readServiceTypes } from './readServiceTypes';
import { readTemplates } from './readTemplates';

/** The keys at the top of the file that mean something. */
export const CONFIGURATION_KEYS = [
  'service_types',
  'auto_allocation',
  'auto_allocation_rules',
  'instance_templates',
  'reservations',
  'manual_allocations',
  'recovery',
] as const;

/** Keys of the original that nothing reads, and those kept for later: no warning. */
export const IGNORED_KEYS = [
  '$schema',
  'version',
  '_meta',
  'compliance',
  'enhanced_features',
  'listen_port',
  'cleanup_interval',
  'daemon',
  'http',
] as const;

export const CONFIGURATION: TextKind = {
  name: 'The configuration',
  example: '{ "service_types": { "web": { "port_range": [5173, 5199] } } }',
};

export type ConfigurationReading =
  | {
      readonly kind: 'read';
      readonly configuration: Configuration;
      /** Warnings. */
      readonly problems: readonly FileProblem[];
    }
  | {
      readonly kind: 'refused';
      /** At least one error, and the warnings. */
      readonly problems: readonly FileProblem[];
    };

/**
 * Reads `config.json`, JSON with comments and trailing commas in the original's format, over the
 * defaults. Any error refuses the whole file, so that no type is lost because of another one;
 * every problem that can be seen is reported at once. No text, or one without a value, is the
 * defaults. Never throws.
 */
export function readConfiguration(text: string | undefined): ConfigurationReading {
  const problems = new Problems();
  const root = parseObject(text ?? '', CONFIGURATION, problems);
  if (root === 'empty') {
    return { kind: 'read', configuration: DEFAULT_CONFIGURATION, problems: [] };
  }
  const configuration = root === undefined ? undefined : configurationOf(root, problems);
  return configuration === undefined || problems.hasErrors
    ? { kind: 'refused', problems: problems.all }
    : { kind: 'read', configuration, problems: problems.all };
}

function configurationOf(root: Node, problems: Problems): Configuration {
  const find = membersOf(root, [], [...CONFIGURATION_KEYS, ...IGNORED_KEYS], problems);
  const types = readServiceTypes(find('service_types'), problems);
  const { catalogue, projected } = types;
  const manualAtTop = find('manual_allocations');
  return {
    catalogue,
    projected,
    autoAllocation: {
      ...readAutoAllocation(find('auto_allocation'), problems),
      rules: readRules(find('auto_allocation_rules'), problems),
    },
    templates: readTemplates(find('instance_templates'), types, problems),
    reservations: readReservations(
      {
        reservations: find('reservations'),
        manual: [...(manualAtTop === undefined ? [] : [manualAtTop]), ...types.manual],
      },
      problems,
    ),
    recovery: readRecovery(find('recovery'), problems),
  };
}
