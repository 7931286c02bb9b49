import type { Configuration, FileProblem } from '../domain/configuration';
import { jsonPath } from '../domain/plan';
import { Problems, parseObject, type FileKind, type Member } from '../jsonc/document';
import { DEFAULT_CONFIGURATION } from './defaults';
import { readAutoAllocation, readRecovery, readRules, readTemplates } from './readSections';
import { readReservations } from './readReservations';
import { readServiceTypes } from './readServiceTypes';

/** The configuration's file name, in Styxy's home. */
export const CONFIG_FILE = 'config.json';

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

export const CONFIGURATION: FileKind = {
  name: 'The configuration',
  example: '{ "service_types": { "web": { "port_range": [5173, 5199] } } }',
  isStrict: false,
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
  const problems = new Problems(CONFIGURATION);
  const root = parseObject(text ?? '', problems);
  if (root === 'empty') {
    return { kind: 'read', configuration: DEFAULT_CONFIGURATION, problems: [] };
  }
  const configuration = root && configurationOf(root);
  return configuration === undefined || problems.hasErrors
    ? { kind: 'refused', problems: problems.all }
    : { kind: 'read', configuration, problems: problems.all };
}

function configurationOf(root: Member): Configuration {
  const members = root.members([...CONFIGURATION_KEYS, ...IGNORED_KEYS]);
  const find = (key: (typeof CONFIGURATION_KEYS)[number]) => members.get(key);
  const types = readServiceTypes(find('service_types'));
  const { catalogue, projected } = types;
  return {
    catalogue,
    projected,
    autoAllocation: {
      ...readAutoAllocation(find('auto_allocation')),
      rules: readRules(find('auto_allocation_rules')),
    },
    templates: readTemplates(find('instance_templates'), types),
    reservations: readReservations(
      find('reservations'),
      [find('manual_allocations') ?? [], types.manual].flat(),
    ),
    recovery: readRecovery(find('recovery')),
  };
}

/** One line: `config.json: service_types.web.port_range: ... Example: "port_range": [1, 2]`. */
export function describeProblem(problem: FileProblem, file: string): string {
  const { message, example } = problem;
  const where = [file, jsonPath(problem.path)].filter((part) => part !== '');
  const right = example === undefined ? '' : ` Example: ${example}`;
  return `${where.join(': ')}: ${message}${right}`;
}
