/** The audit log as data: what an entry is, its line in the file, and which entries are asked for. */
import * as v from 'valibot';
import { AUDIT_WHATS, type AuditEntry, type AuditQuery } from '../domain/audit';
import { isRecord, type StyxyError } from '../domain/errors';
import { maskSecrets, maskSecretsIn } from '../domain/maskSecrets';
import { isTcpPort, MAX_PORT } from '../domain/names';
import { given, parsedJson } from '../domain/schema';
import { invalidField } from '../messages/refusals';

export const DEFAULT_AUDIT_LIMIT = 200;
export const MAX_AUDIT_LIMIT = 2_000;

export interface AuditPage {
  /** In the order of the log: newest last. */
  readonly entries: readonly AuditEntry[];
  /** Older entries match too and were left out. */
  readonly truncated: boolean;
}

/** The audit log of one host. Errors: `storage_unavailable`, `permission_denied`. */
export interface AuditTrail {
  /** Adds lines after those before, in this order. Errors are the caller's to report. */
  append(entries: readonly AuditEntry[]): Promise<void>;
  /** For a leader that passed its check: starts a new file when this one is full. */
  rotateIfFull(): Promise<boolean>;
  /**
   * How many entries the commits of an epoch have, from this number on: a crash may have torn them.
   * Commits without any are left out.
   */
  logged(epoch: number, from: number): Promise<ReadonlyMap<number, number>>;
  read(query: AuditQuery): Promise<AuditPage>;
}

/** Longest line in bytes, with its line feed: one write of a commit's lines stays small. */
export const MAX_AUDIT_LINE_BYTES = 16 * 1024;

/** Tried in order until the line fits, in characters of each text; with the last one it does. */
const CUTS = [4_000, 1_000, 200];

/**
 * One line of JSON with its line feed and the time as ISO 8601. What looks like a secret in the
 * label, the note, `before` and `after` is masked; long texts are cut and say so. A control
 * character, or one that turns the direction of writing, is written as its escape.
 */
export function auditLine(entry: AuditEntry): string {
  const line = lineOf(entry, (text) => text);
  if (utf8Length(line) <= MAX_AUDIT_LINE_BYTES) {
    return line;
  }
  const shorter = CUTS.map((most) => lineOf(entry, (text) => cut(text, most)));
  return shorter.find((text) => utf8Length(text) <= MAX_AUDIT_LINE_BYTES) ?? shorter.at(-1) ?? '';
}

function lineOf(entry: AuditEntry, shorten: (text: string) => string): string {
  const optional = (text: string | undefined) => (text === undefined ? undefined : shorten(text));
  const { actor } = entry;
  const json = JSON.stringify({
    time: isoTime(entry.at),
    epoch: entry.epoch,
    seq: entry.seq,
    what: entry.what,
    actor: {
      kind: actor.kind,
      label: shorten(maskSecrets(actor.label)),
      pid: actor.pid,
      id: shorten(actor.id),
    },
    port: entry.port,
    service: optional(entry.service),
    serviceType: optional(entry.serviceType),
    workspace: optional(entry.workspace),
    before: shortenJson(maskSecretsIn(entry.before), shorten),
    after: shortenJson(maskSecretsIn(entry.after), shorten),
    note: entry.note === undefined ? undefined : shorten(maskSecrets(entry.note)),
  });
  return `${json.replace(UNSAFE, escaped)}\n`;
}

/** A value whose JSON is too long is replaced by the beginning of that JSON, as a text. */
function shortenJson(value: unknown, shorten: (text: string) => string): unknown {
  if (value === undefined) {
    return undefined;
  }
  const json = JSON.stringify(value);
  const short = shorten(json);
  return short === json ? value : short;
}

function cut(text: string, most: number): string {
  return text.length <= most
    ? text
    : `${text.slice(0, most)}... [cut, ${text.length} characters in all]`;
}

/** ECMA-262: the most that a Date holds, in milliseconds. */
const MAX_TIME_MS = 8.64e15;

function isoTime(at: number): string {
  return new Date(Math.abs(at) <= MAX_TIME_MS ? at : 0).toISOString();
}

/** What JSON leaves as it is: DEL, C1, line separators, and what turns the direction of writing. */
const UNSAFE = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** JSON has no lone surrogates, so that each half of a pair is half of its four bytes. */
function utf8Length(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) {
      bytes += 1;
    } else {
      bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
    }
  }
  return bytes;
}

/** `-0`, which is never written but is valid JSON, is 0. */
const count = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(0),
  v.transform((value) => value + 0),
);
/** A detail that is not as expected is left out; the rest of the entry is still useful. */
const number = v.fallback(v.optional(v.number()), undefined);
const text = v.fallback(v.optional(v.string()), undefined);

const schema = v.object({
  time: v.pipe(
    v.string(),
    v.transform((time) => Date.parse(time)),
    v.finite(),
  ),
  epoch: count,
  seq: count,
  what: v.pipe(
    v.picklist([...AUDIT_WHATS, 'trusted']),
    // The event's own name, which older lines may have.
    v.transform((what) => (what === 'trusted' ? 'recovered' : what)),
  ),
  actor: v.object({
    kind: v.picklist(['window', 'cli', 'daemon', 'http', 'agent', 'leader']),
    label: v.string(),
    pid: number,
    id: v.string(),
  }),
  port: number,
  service: text,
  serviceType: text,
  workspace: text,
  before: v.optional(v.unknown()),
  after: v.optional(v.unknown()),
  note: text,
});

/**
 * Reads a line. Undefined for what is torn, damaged, or of a kind that only a newer version knows.
 * Fields that are unknown are left out. Never throws.
 */
export function parseAuditLine(line: string): AuditEntry | undefined {
  const result = v.safeParse(schema, parsedJson(line));
  if (!result.success) {
    return undefined;
  }
  const { time, actor, ...rest } = result.output;
  return given({ at: time, ...rest, actor: given(actor) });
}

/** Whether an entry is asked for; `limit` is up to who collects them. */
export function matchesAudit(entry: AuditEntry, query: AuditQuery): boolean {
  return (
    (query.port === undefined || portsOf(entry).includes(query.port)) &&
    (query.workspace === undefined || entry.workspace === query.workspace) &&
    (query.serviceType === undefined || entry.serviceType === query.serviceType) &&
    (query.what === undefined || entry.what === query.what) &&
    (query.since === undefined || entry.at >= query.since)
  );
}

function portsOf({ port, before, after }: AuditEntry): readonly unknown[] {
  return [port, ...[before, after].filter(isRecord).map((side) => side.port)];
}

/** `invalid_argument` for a query that matches nothing, whatever the log holds. */
export function auditRefusal({ port, what, since, limit }: AuditQuery): StyxyError | undefined {
  if (port !== undefined && !isTcpPort(port)) {
    return invalidField('port', port, `a whole number from 1 to ${MAX_PORT}`, 'Name one port.');
  }
  if (what !== undefined && !AUDIT_WHATS.includes(what)) {
    return invalidField('what', what, `one of ${AUDIT_WHATS.join(', ')}`, 'Name one of these.');
  }
  if (since !== undefined && !Number.isFinite(since)) {
    return invalidField('since', since, 'a time in milliseconds', 'Name a time.');
  }
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1)) {
    const rule = `a whole number from 1 to ${MAX_AUDIT_LIMIT}`;
    return invalidField('limit', limit, rule, 'Name how many entries.');
  }
  return undefined;
}
