/**
 * What the files hold, in a notation short enough to be hashed millions of times, and what the
 * product's own `judgeEpoch` makes of it. `o` is an opening line, `c` a commit, `s` a checkpoint;
 * `!` marks what a newer version wrote; anything else is damage, and what has no line feed is torn.
 */
import type { StateEvent } from '../../../src/core/state/events';
import {
  checkpointOf,
  checkpointText,
  commitLine,
  openingLine,
} from '../../../src/core/log/records';
import type { Read } from '../../../src/core/host/interfaces';
import { replayEpoch, type CopyName, type EpochCopies } from '../../../src/core/log/replay';
import { apply } from '../../../src/core/state/apply';
import { toBody } from '../../../src/core/state/encode';
import { emptyState, listAllocations, type State } from '../../../src/core/state/state';
import type { Memory, Text } from './world';
import { sha256 } from '../../../src/platform/fs/runtime';

export const TORN = '~';
export const JUNK = '#\n';

export function openingOf({ seq, ports }: Memory, old: boolean, skew: boolean): string {
  return `o${seq}:${ports.join('')}${skew && !old ? '!' : ''}\n`;
}

export function snapshotOf({ seq, ports }: Memory, old: boolean, skew: boolean): string {
  return `s${seq}:${ports.join('')}${skew && !old ? '!' : ''}\n`;
}

/** The line of the one change between two memories. */
export function commitOf(before: Memory, after: Memory, old: boolean, skew: boolean): string {
  const client = after.ports.findIndex((port, index) => port !== before.ports[index]);
  return `c${after.seq}:${client}=${after.ports[client] ?? 0}${skew && !old ? '!' : ''}\n`;
}

export type Verdict =
  | {
      readonly kind: 'base';
      readonly memory: Memory;
      readonly damaged: readonly CopyName[];
      readonly gap: boolean;
    }
  | { readonly kind: 'unopened' | 'newer' }
  | { readonly kind: 'damaged'; readonly damaged: readonly CopyName[] };

const verdicts = new Map<string, Verdict>();

/** Judges the copies of one epoch as the product does; the same question is answered only once. */
export function judge(
  epoch: number,
  copies: Readonly<Record<CopyName, Text>>,
  old: boolean,
  clients: number,
): Verdict {
  const { main, bak, a, b } = copies;
  const key = `${epoch} ${old ? 1 : 0} ${clients} ${main}|${bak}|${a}|${b}`;
  let verdict = verdicts.get(key);
  if (verdict === undefined) {
    verdict = askProduct(epoch, copies, old, clients);
    verdicts.set(key, verdict);
  }
  return verdict;
}

function askProduct(
  epoch: number,
  copies: Readonly<Record<CopyName, Text>>,
  old: boolean,
  clients: number,
): Verdict {
  const real: EpochCopies = {
    main: realCopy(epoch, copies.main, old),
    bak: realCopy(epoch, copies.bak, old),
    a: realCopy(epoch, copies.a, old),
    b: realCopy(epoch, copies.b, old),
  };
  const judged = replayEpoch(epoch, real, sha256);
  if (judged.kind !== 'base') {
    return judged;
  }
  const ports = Array.from({ length: clients }, () => 0);
  for (const { id, port } of listAllocations(judged.state)) {
    ports[Number(id)] = port - FIRST_PORT;
  }
  return {
    kind: 'base',
    memory: { seq: judged.seq, ports },
    damaged: judged.damaged,
    gap: judged.gap,
  };
}

/** The beginning of a line that was never finished. */
const TAIL = '{"seq":';

const FIRST_PORT = 3000;
const STAMP = { at: 0, actor: 'explorer', by: 'explorer' };

function realCopy(epoch: number, text: Text, old: boolean): Read<string> {
  if (text === null) {
    return { kind: 'absent' };
  }
  const lines = text.split('\n');
  const tail = lines.pop() ?? '';
  const whole = lines.map((line) => `${realLine(epoch, line, old)}\n`).join('');
  return { kind: 'read', value: whole + (tail === '' ? '' : TAIL) };
}

const LINE = /^([ocs])(\d+):(?:(\d+)|(\d)=(\d))(!?)$/;

function realLine(epoch: number, line: string, old: boolean): string {
  const [, kind, seqText, ports, client, port, mark] = LINE.exec(line) ?? [];
  const seq = Number(seqText);
  const newer = old && mark === '!';
  if (kind === 'c' && client !== undefined) {
    const events = newer ? [{ kind: 'unheard-of' } as never] : [change(client, Number(port))];
    return commitLine(epoch, seq, events, sha256).trimEnd();
  }
  if (kind === undefined || ports === undefined) {
    return 'damaged';
  }
  const state = toBody(stateOf([...ports].map(Number)));
  const body = JSON.stringify(newer ? { ...state, schema: 1_000 } : state);
  return kind === 'o'
    ? openingLine({ epoch, seq }, sha256, body).trimEnd()
    : checkpointText(checkpointOf({ epoch, seq }, sha256, body)).trimEnd();
}

function stateOf(ports: readonly number[]): State {
  return ports.reduce(
    (state, port, client) => (port === 0 ? state : apply(state, change(String(client), port))),
    emptyState(),
  );
}

/** The event that gives a client its port, or takes it away. */
function change(client: string, port: number): StateEvent {
  if (port === 0) {
    return { kind: 'released', stamp: STAMP, id: client, coolUntil: 0 };
  }
  return {
    kind: 'granted',
    stamp: STAMP,
    allocation: {
      id: client,
      port: FIRST_PORT + port,
      serviceType: 'web',
      service: `service-${client}`,
      workspace: '/workspace',
      holders: [],
      allocatedAt: 0,
    },
  };
}
