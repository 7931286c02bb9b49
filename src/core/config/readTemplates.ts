/** `instance_templates`, over the four that are always there. */
import type { Catalogue } from '../domain/catalogue';
import type { ProjectedType, Template } from '../domain/configuration';
import { show } from '../domain/describe';
import { NAME_RULE, isServiceName, isServiceTypeName } from '../domain/names';
import { nearestWord } from '../domain/nearestWord';
import { DEFAULT_CONFIGURATION } from './defaults';
import {
  didYouMean,
  entriesOf,
  lastOfEach,
  membersOf,
  warnRepeated,
  type Member,
  type Problems,
} from '../jsonc/json';
import {
  label,
  oneLine,
  readList,
  readObject,
  readValue,
  text,
  wholeNumber,
} from '../jsonc/values';

export const TEMPLATE_KEYS = ['description', 'offset', 'port_offsets', 'branches'] as const;

const TEMPLATE_EXAMPLE = '"staging": { "offset": 2, "branches": ["release/*"] }';
const OFFSETS_EXAMPLE = '"port_offsets": { "dev": 2, "api": 2 }';

const OFFSET = wholeNumber({ min: 0, max: 1_000, example: 2 });

/** What the offsets of single types may name. */
interface Types {
  readonly catalogue: Catalogue;
  readonly projected: readonly ProjectedType[];
}

export function readTemplates(
  member: Member | undefined,
  types: Types,
  problems: Problems,
): readonly Template[] {
  const base = DEFAULT_CONFIGURATION.templates;
  const example = `"instance_templates": { ${TEMPLATE_EXAMPLE} }`;
  const node = readObject(member, example, problems);
  if (member === undefined || node === undefined) {
    return base;
  }
  const entries = entriesOf(node, member.path);
  warnRepeated(entries, problems);
  const templates = new Map(base.map((template) => [template.name, template]));
  const typeNames = new Set([
    ...types.catalogue.keys(),
    ...types.projected.map(({ name }) => name),
  ]);
  for (const entry of lastOfEach(entries).values()) {
    const template = readTemplate(entry, templates.get(entry.name), typeNames, problems);
    if (template !== undefined) {
      templates.set(template.name, template);
    }
  }
  return [...templates.values()];
}

function readTemplate(
  entry: Member,
  base: Template | undefined,
  typeNames: ReadonlySet<string>,
  problems: Problems,
): Template | undefined {
  const { name, key, path } = entry;
  if (!isServiceName(name)) {
    const message = `${show(name)} is no name for a template: that is ${NAME_RULE}.`;
    problems.error(key, path, message, TEMPLATE_EXAMPLE);
  }
  const node = readObject(entry, TEMPLATE_EXAMPLE, problems);
  if (node === undefined) {
    return undefined;
  }
  const find = membersOf(node, path, TEMPLATE_KEYS, problems);
  const ownDescription = readValue(find('description'), text('Release candidates'), problems);
  const description = ownDescription === undefined ? base?.description : oneLine(ownDescription);
  return {
    name,
    ...(description === undefined ? {} : { description }),
    offset: readValue(find('offset'), OFFSET, problems) ?? base?.offset ?? 0,
    offsets: new Map([
      ...(base?.offsets ?? []),
      ...readOffsets(find('port_offsets'), typeNames, problems),
    ]),
    branches: readList(find('branches'), label('release/*'), problems) ?? base?.branches ?? [],
  };
}

function readOffsets(
  member: Member | undefined,
  typeNames: ReadonlySet<string>,
  problems: Problems,
): ReadonlyMap<string, number> {
  const offsets = new Map<string, number>();
  const node = readObject(member, OFFSETS_EXAMPLE, problems);
  if (member === undefined || node === undefined) {
    return offsets;
  }
  const entries = entriesOf(node, member.path);
  warnRepeated(entries, problems);
  for (const entry of lastOfEach(entries).values()) {
    const offset = readValue(entry, OFFSET, problems);
    if (offset !== undefined) {
      offsets.set(entry.name, offset);
    }
    checkTypeName(entry, typeNames, problems);
  }
  return offsets;
}

function checkTypeName(
  { name, key, path }: Member,
  typeNames: ReadonlySet<string>,
  problems: Problems,
): void {
  if (!isServiceTypeName(name)) {
    const message = `${show(name)} is no name for a service type: that is ${NAME_RULE}.`;
    problems.error(key, path, message, OFFSETS_EXAMPLE);
  } else if (!typeNames.has(name) && problems.takesWarnings) {
    const meant = nearestWord(name, typeNames);
    const hint = meant === undefined ? '' : ` ${didYouMean(meant)}`;
    problems.warning(key, path, `There is no service type "${name}" yet.${hint}`);
  }
}
