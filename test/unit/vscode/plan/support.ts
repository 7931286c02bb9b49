import assert from 'node:assert/strict';
import type { Plan } from '../../../../src/core/domain/plan';
import { readPlan } from '../../../../src/core/plan/readPlan';
import type { Log } from '../../../../src/core/host/interfaces';
import type { AllocateAnswer } from '../../../../src/core/messages/requests';
import type { Memory } from '../../../../src/vscode/plan/planDecisions';
import type { FolderName } from '../../../../src/vscode/text/folderName';
import { allocationView } from '../../../support/views';

export const SHOP: FolderName = { name: 'shop', path: '/home/me/shop', workspace: '/home/me/shop' };
export const DOCS: FolderName = { name: 'docs', path: '/home/me/docs', workspace: '/home/me/docs' };

/** The plan of a text that is one. */
export function planOf(value: object): Plan {
  const reading = readPlan(JSON.stringify(value));
  assert.equal(reading.kind, 'read');
  assert.ok(reading.kind === 'read');
  return reading.plan;
}

/** A log whose lines a test reads. */
export function logOf(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  const add = (line: string): void => void lines.push(line);
  return { lines, log: { debug: add, info: add, warn: add, error: add } };
}

/** An editor's memory that is full of what a test says. */
export function memoryOf(kept: Record<string, unknown> = {}): Memory {
  return {
    get: (key) => kept[key],
    update: (key, value) => {
      kept[key] = value;
      return Promise.resolve();
    },
  };
}

export function answerOf(service: string, port: number, some: Partial<AllocateAnswer> = {}) {
  const answer: AllocateAnswer = {
    allocation: allocationView({ service, port }),
    existing: false,
    conflicts: [],
    attempts: 1,
    message: `${service} has ${port}.`,
    ...some,
  };
  return answer;
}

/** Lets everything happen that only waits for promises. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
