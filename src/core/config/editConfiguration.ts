/**
 * What Styxy writes into `config.json`: its own entries and one switch. Everything else stays as
 * it is, with its comments, unknown keys and order.
 */
import type { Node } from 'jsonc-parser';
import { firstOf } from '../domain/catalogue';
import type { AutoType } from '../domain/configuration';
import type { StyxyError } from '../domain/errors';
import { invalidFile } from '../domain/plan';
import { Problems, parseObject, propertyOf, withoutMark, type Member } from '../jsonc/document';
import { withMember, withoutMember, type JsonValue } from '../jsonc/edit';
import { isObject } from '../jsonc/values';
import { CONFIGURATION, CONFIG_FILE } from './readConfiguration';

/**
 * The text with the entries of `set` in `service_types`, and without those of `remove`. Entries
 * that people declared, without `auto_allocated: true`, are neither changed nor removed. The same
 * text, which is empty where there was none, if nothing changes. Error: `invalid_config` if the
 * text cannot be parsed.
 */
export function withTypes(
  text: string | undefined,
  set: readonly AutoType[],
  remove: readonly string[],
): string {
  const kept = new Set(set.map(({ name }) => name));
  const removed = remove.filter((name) => !kept.has(name));
  let now = text ?? '';
  for (;;) {
    // One change at a time, since it moves the offsets of everything after it.
    const next = edited(now, (json, root) => withOneChange(json, root, set, removed));
    if (next === now) {
      return now;
    }
    now = next;
  }
}

/** The text with that `auto_allocation.enabled`. Error: as for `withTypes`. */
export function withAutoAllocation(text: string | undefined, enabled: boolean): string {
  return edited(text ?? '', (json, root) => {
    const section = sectionOf(root, 'auto_allocation');
    if (section === undefined) {
      return withMember(json, root.value, 'auto_allocation', { enabled });
    }
    return section.find('enabled')?.plain === enabled
      ? json
      : withMember(json, section.value, 'enabled', enabled);
  });
}

/** What an entry says of the event that it shows; the rest of it is for people to change. */
const RECORDED = ['port_range', 'preferred_ports', 'auto_allocated_at', 'placement'] as const;

/** The first thing that is not as it should be, set right. */
function withOneChange(
  json: string,
  root: Member,
  set: readonly AutoType[],
  removed: readonly string[],
): string {
  const types = sectionOf(root, 'service_types');
  const entries = new Map(types?.entries.map(({ name, value }) => [name, value]));
  const gone = removed.find((name) => isAutoAllocated(entries.get(name)));
  if (types !== undefined && gone !== undefined) {
    return withoutMember(json, types.value, gone);
  }
  for (const type of set) {
    const entry = entryOf(type);
    const found = entries.get(type.name);
    if (found === undefined) {
      return types === undefined
        ? withMember(json, root.value, 'service_types', { [type.name]: entry })
        : withMember(json, types.value, type.name, entry);
    }
    const stale = RECORDED.find((key) => isAutoAllocated(found) && differs(found, key, entry[key]));
    if (stale !== undefined) {
      return withMember(json, found, stale, entry[stale]);
    }
  }
  return json;
}

function differs(entry: Node, key: string, value: JsonValue): boolean {
  const found = propertyOf(entry, key)?.value;
  return found === undefined || JSON.stringify(plain(found)) !== JSON.stringify(value);
}

/** A value or a list of values; nothing that Styxy records goes deeper. */
function plain({ type, value, children }: Node): unknown {
  return type === 'array' ? (children ?? []).map((child): unknown => child.value) : value;
}

function entryOf({ name, range, at, placement }: AutoType) {
  return {
    description: `Found by Styxy for "${name}"`,
    port_range: [range.first, range.last],
    preferred_ports: firstOf(range),
    instance_behavior: 'multi',
    examples: [],
    auto_allocated: true,
    auto_allocated_at: new Date(at).toISOString(),
    placement,
  } as const satisfies JsonValue;
}

function isAutoAllocated(entry: Node | undefined): entry is Node {
  return entry?.type === 'object' && propertyOf(entry, 'auto_allocated')?.value.value === true;
}

/** An object at the top; undefined if it is not there. Error: `invalid_config` if it is none. */
function sectionOf(root: Member, name: string): Member | undefined {
  const member = root.find(name);
  if (member !== undefined && !isObject(member, `"${name}": {}`)) {
    throw unusable(root.problems);
  }
  return member;
}

function unusable(problems: Problems): StyxyError {
  return invalidFile('configuration', CONFIG_FILE, problems.all);
}

/** One change to the text as a tree; a text without a value becomes an empty object first. */
function edited(text: string, change: (json: string, root: Member) => string): string {
  const problems = new Problems(CONFIGURATION);
  const root = parseObject(text, problems);
  if (root === undefined) {
    throw unusable(problems);
  }
  if (root === 'empty') {
    const comments = text.trimEnd();
    const object = comments === '' ? '{}\n' : `${comments}\n{}\n`;
    const next = edited(object, change);
    return next === object ? text : next;
  }
  const json = withoutMark(text);
  const next = change(json, root);
  return next === json ? text : restored(text, next);
}

function restored(text: string, next: string): string {
  return text.startsWith('\uFEFF') ? `\uFEFF${next.slice(1)}` : next;
}
