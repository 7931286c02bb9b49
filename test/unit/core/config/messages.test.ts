import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_CONFIGURATION } from '../../../../src/core/config/defaults';
import { readConfiguration } from '../../../../src/core/config/readConfiguration';
import type { FileProblem } from '../../../../src/core/domain/configuration';
import { jsonPath } from '../../../../src/core/domain/plan';
import { readPlan } from '../../../../src/core/plan/readPlan';
import { configurationTexts, planTexts } from './wrongFiles';

const SNAPSHOT = join(__dirname, 'messages.snapshot.txt');
const MAX_SHOWN = 200;

/** On one line, shortened where it is long. */
function shortened(text: string): string {
  const line = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll('\uFEFF', '\\ufeff');
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}... ${line.length}` : line;
}

/** What is not as it is without a file, as JSON. */
function changed(value: object, base: object): string {
  const entries = Object.entries(value).map(([key, each]) => [key, plain(each)] as const);
  const before = new Map(Object.entries(base).map(([key, each]) => [key, plain(each)]));
  return entries
    .filter(([key, each]) => before.get(key) !== each)
    .map(([key, each]) => `${key} ${without(each, before.get(key))}`)
    .join(' ');
}

/** Of lists, only the elements that are new. */
function without(json: string, before = '[]'): string {
  const [now, old]: unknown[] = [JSON.parse(json), JSON.parse(before)];
  if (!Array.isArray(now) || !Array.isArray(old)) {
    return json;
  }
  const known = new Set(old.map((each) => JSON.stringify(each)));
  return JSON.stringify(now.filter((each) => !known.has(JSON.stringify(each))));
}

/** As JSON, whatever the order in which an object was made. */
function plain(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => {
    const isObject = typeof each === 'object' && each !== null && !Array.isArray(each);
    return each instanceof Map
      ? [...each]
      : isObject
        ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
        : each;
  });
}

interface Reading {
  readonly kind: 'read' | 'refused';
  readonly problems: readonly FileProblem[];
}

function described(text: string, { kind, problems }: Reading, result: string): string {
  const lines = problems.slice(0, 6).map(({ severity, path, offset, length, message, example }) => {
    const right = example === undefined ? '' : ` | ${example}`;
    return shortened(`  ${severity} ${offset}+${length} ${jsonPath(path)}: ${message}${right}`);
  });
  const more = problems.length > 6 ? [`  ${problems.length} problems`] : [];
  return [shortened(text), ...lines, ...more, `  ${kind} ${shortened(result)}`.trimEnd()].join(
    '\n',
  );
}

function messages(): string {
  const configurations = configurationTexts().map((text) => {
    const reading = readConfiguration(text);
    const result =
      reading.kind === 'read' ? changed(reading.configuration, DEFAULT_CONFIGURATION) : '';
    return described(text, reading, result);
  });
  const plans = planTexts().map((text) => {
    const reading = readPlan(text);
    return described(text, reading, reading.kind === 'read' ? plain(reading.plan) : '');
  });
  return `config.json\n\n${configurations.join('\n')}\n\nstyxy.json\n\n${plans.join('\n')}\n`;
}

describe('the messages about wrong files', () => {
  it('stay as they are, each at its place; STYXY_WRITE_MESSAGES=1 writes them anew', () => {
    const now = messages();
    if (process.env.STYXY_WRITE_MESSAGES === '1') {
      writeFileSync(SNAPSHOT, now);
    }
    const before = readFileSync(SNAPSHOT, 'utf8').replaceAll('\r\n', '\n');
    // The first difference alone: the whole text would be a message that nobody reads.
    const lines = before.split('\n');
    const at = now.split('\n').findIndex((line, index) => line !== lines[index]);
    assert.equal(now.split('\n')[at], lines[at]);
    assert.equal(now.length, before.length);
  });
});
