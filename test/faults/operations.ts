/** Diaries as operations: each call with what came of it. */
import type { Call, Grant, Line } from './diary';

export interface Operation {
  readonly who: string;
  readonly call: Call;
  readonly askedAt: number;
  /** `unknown` for what was killed or timed out in the middle: it may have happened or may yet. */
  readonly outcome: 'ok' | 'refused' | 'unknown';
  /** Infinity for a call that never ended. */
  readonly endedAt: number;
  readonly code?: string;
  readonly grants: readonly Grant[];
  readonly remaining?: number;
  readonly lines: readonly Line[];
}

/** In the order in which they were asked. */
export function operationsOf(lines: readonly Line[]): readonly Operation[] {
  const ends = new Map<string, Line & { ev: 'ok' | 'no' }>();
  for (const line of lines) {
    if (line.ev === 'ok' || line.ev === 'no') {
      ends.set(`${line.who} ${line.n}`, line);
    }
  }
  const operations: Operation[] = [];
  for (const line of lines) {
    if (line.ev === 'ask') {
      operations.push(operationOf(line, ends.get(`${line.who} ${line.n}`)));
    }
  }
  return operations.sort((a, b) => a.askedAt - b.askedAt);
}

function operationOf(ask: Line & { ev: 'ask' }, end?: Line & { ev: 'ok' | 'no' }): Operation {
  const { who, call, t: askedAt } = ask;
  const lines = end === undefined ? [ask] : [ask, end];
  const common = { who, call, askedAt, lines, endedAt: end?.t ?? Infinity };
  if (end?.ev === 'ok') {
    const { grants = [], remaining } = end;
    const left = remaining === undefined ? {} : { remaining };
    return { ...common, outcome: 'ok', grants, ...left };
  }
  const outcome = end === undefined || end.unknown ? 'unknown' : 'refused';
  return { ...common, outcome, grants: [], ...(end === undefined ? {} : { code: end.code }) };
}
