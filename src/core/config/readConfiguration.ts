import type { Configuration, FileProblem } from '../domain/configuration';
import { jsonPath } from '../domain/plan';
import { Problems, parseObject, type FileKind, type Member } from '../jsonc/document';
import { KNOWN, readFields } from '../jsonc/values';
import { DEFAULT_CONFIGURATION } from './defaults';
import { readAutoAllocation, readRecovery, readRules, readTemplates } from './readSections';
import { readReservations } from './readReservations';
import { readServiceTypes } from './readServiceTypes';

/** The configuration's file name, in Styxy's home. */
export const CONFIG_FILE = 'config.json';

/** Keys of the original that nothing reads, and those kept for later: no warning. */
export const IGNORED = {
  $schema: KNOWN,
  version: KNOWN,
  _meta: KNOWN,
  compliance: KNOWN,
  enhanced_features: KNOWN,
  listen_port: KNOWN,
  cleanup_interval: KNOWN,
  daemon: KNOWN,
  http: KNOWN,
};

/** The keys at the top of the file. */
export const SECTIONS = {
  service_types: readServiceTypes,
  auto_allocation: readAutoAllocation,
  auto_allocation_rules: readRules,
  instance_templates: KNOWN,
  reservations: KNOWN,
  manual_allocations: KNOWN,
  recovery: readRecovery,
  ...IGNORED,
};

export const CONFIGURATION: FileKind = {
  name: 'The configuration',
  example: '{ "service_types": { "web": { "port_range": [5173, 5199] } } }',
  isStrict: false,
};

/** `problems` are warnings; of a text that is refused at least one is an error. */
export type ConfigurationReading = { readonly problems: readonly FileProblem[] } & (
  { readonly kind: 'read'; readonly configuration: Configuration } | { readonly kind: 'refused' }
);

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
  const base = DEFAULT_CONFIGURATION;
  const read = readFields(root, SECTIONS, CONFIGURATION.example) ?? {};
  const { catalogue, projected, manual } = read.serviceTypes ?? { ...base, manual: [] };
  const templates = root.find('instance_templates');
  const manualAtTop = root.find('manual_allocations') ?? [];
  return {
    catalogue,
    projected,
    autoAllocation: {
      ...(read.autoAllocation ?? base.autoAllocation),
      rules: read.autoAllocationRules ?? [],
    },
    templates: templates ? readTemplates(templates, { catalogue, projected }) : base.templates,
    reservations: readReservations(root.find('reservations'), [manualAtTop, manual].flat()),
    recovery: read.recovery ?? base.recovery,
  };
}

/** One line: `config.json: service_types.web.port_range: ... Example: "port_range": [1, 2]`. */
export function describeProblem(problem: FileProblem, file: string): string {
  const { message, example } = problem;
  const where = [file, jsonPath(problem.path)].filter((part) => part !== '');
  const right = example === undefined ? '' : ` Example: ${example}`;
  return `${where.join(': ')}: ${message}${right}`;
}
