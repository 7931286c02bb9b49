/** `service_types`: the user's types over the built-in ones, and those that Styxy found. */
import { BUILT_IN_CATALOGUE, catalogueOf, type ServiceType } from '../domain/catalogue';
import type { Configuration, ProjectedType } from '../domain/configuration';
import { show } from '../domain/describe';
import { entriesOf, lastOfEach, repeated, type Member, type Problems } from '../jsonc/json';
import { checkOverlaps, type NamedRange } from './overlaps';
import { TYPE_EXAMPLE, readServiceType, type PlacedRange } from './readServiceType';
import { readObject } from '../jsonc/values';

export interface ReadTypes extends Pick<Configuration, 'catalogue' | 'projected'> {
  /** The `manual_allocations` of types, in the order of the file. */
  readonly manual: readonly Member[];
}

export function readServiceTypes(member: Member | undefined, problems: Problems): ReadTypes {
  const node = readObject(member, `"service_types": { ${TYPE_EXAMPLE} }`, problems);
  if (member === undefined || node === undefined) {
    return { catalogue: BUILT_IN_CATALOGUE, projected: [], manual: [] };
  }
  const entries = entriesOf(node, member.path);
  for (const { name, key, path } of repeated(entries)) {
    problems.warning(key, path, `${show(name)} is there twice, and the last one counts.`);
  }
  const configured: ServiceType[] = [];
  const projected: ProjectedType[] = [];
  const manual: Member[] = [];
  const placedRanges = new Map<string, PlacedRange>();
  for (const entry of lastOfEach(entries).values()) {
    const read = readServiceType(entry, BUILT_IN_CATALOGUE, problems);
    if (read.manual !== undefined) {
      manual.push(read.manual);
    }
    if (read.kind === 'none') {
      continue;
    }
    if (read.placed !== undefined) {
      placedRanges.set(entry.name, read.placed);
    }
    if (read.kind === 'projected') {
      projected.push(read.type);
    } else {
      configured.push(read.type);
    }
  }
  const catalogue = catalogueOf([...BUILT_IN_CATALOGUE.values(), ...configured]);
  const ranges = [...catalogue.values(), ...projected].map(({ name, range }): NamedRange => {
    const placed = placedRanges.get(name);
    return { name, range, ...(placed === undefined ? {} : { member: placed.member }) };
  });
  checkOverlaps(ranges, problems);
  return { catalogue, projected, manual };
}
