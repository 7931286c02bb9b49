/**
 * Probes the leader that a lock names: is it alive? The only failure detector of the product. A
 * wrong "dead" costs a change of leader, never an answer.
 */
import type { Socket } from 'node:net';
import { StyxyError, toStyxyError } from '../../core/domain/errors';
import type { EpochFolder, Ids, LockRecord, Runtime } from '../../core/host/interfaces';
import { MAX_PUSH_BYTES, PROTOCOL_VERSION } from '../../core/messages/methods';
import { verify, type Nonces } from './handshake';
import { Channel } from './channel';

/** A leader that needs longer for its first words is frozen, or as good as. */
const HANDSHAKE_TIMEOUT_MS = 3000;

/** A full backlog refuses like a dead process on some systems: two refusals count. */
const SECOND_REFUSAL_MS = 100;

/** Content that is no lock record may still be being written where there are no hard links. */
const UNREADABLE_GRACE_MS = 1000;
const UNREADABLE_LOOKS = 10;

/** A leader touches its lock each second; one that did not for this long is gone. */
const SILENCE_MS = 3000;

export interface ProbeTools extends Runtime {
  readonly folder: EpochFolder;
  readonly ids: Ids;
  readonly bootId: string;
  /** Rejects with the system's own error (`code`). */
  connect(address: string, deadlineMs: number): Promise<Socket>;
  /** How many refusals in a row prove that nothing listens; the operating system decides. */
  readonly refusalsThatProve: number;
}

/** A leader that proved itself, and the connection to it. */
export interface AnsweringLeader {
  readonly kind: 'answered';
  readonly channel: Channel;
  readonly record: LockRecord;
  readonly nonces: Nonces;
}

export type ProbeResult =
  | AnsweringLeader
  /** `certain` unless it may only be silent or out of reach. */
  | { readonly kind: 'dead'; readonly why: string; readonly certain: boolean }
  /** Neither: its socket cannot be reached from here, and its lock still shows signs of life. */
  | { readonly kind: 'unsure'; readonly why: string }
  /** Alive, and of a version that does not serve this one. */
  | { readonly kind: 'refused'; readonly error: StyxyError };

export async function connectToLeader(tools: ProbeTools, epoch: number): Promise<ProbeResult> {
  const record = await readRecord(tools, epoch);
  if (record === undefined) {
    return dead('its lock is gone or unreadable');
  }
  if (record.bootId !== tools.bootId) {
    return dead('its lock is of another boot');
  }
  let refusals = 0;
  for (;;) {
    try {
      const socket = await tools.connect(record.socket, HANDSHAKE_TIMEOUT_MS);
      return await shakeHands(tools, record, socket);
    } catch (error) {
      const code = errnoOf(error);
      if (code === 'ECONNREFUSED') {
        refusals += 1;
        if (refusals >= tools.refusalsThatProve) {
          return dead('its socket refuses');
        }
        await tools.clock.sleep(SECOND_REFUSAL_MS);
      } else if (code === 'ENOENT' || code === 'EACCES' || code === 'EPERM') {
        return probeBySilence(tools, epoch, code);
      } else if (error instanceof StyxyError && error.code === 'timeout') {
        return dead('it does not answer', false);
      } else {
        return { kind: 'unsure', why: toStyxyError(error).message };
      }
    }
  }
}

/** Probes the leader and closes the connection; only the verdict is wanted. */
export async function probeLeader(tools: ProbeTools, epoch: number): Promise<ProbeResult['kind']> {
  const found = await connectToLeader(tools, epoch);
  if (found.kind === 'answered') {
    found.channel.close();
  }
  return found.kind;
}

async function readRecord(tools: ProbeTools, epoch: number): Promise<LockRecord | undefined> {
  // Looks are counted: the clock may be set back meanwhile.
  for (let look = 1; ; look += 1) {
    const read = await tools.folder.readLock(epoch);
    if (read.kind === 'absent') {
      return undefined;
    }
    if (read.value !== 'unreadable') {
      return read.value;
    }
    if (look > UNREADABLE_LOOKS) {
      return undefined;
    }
    await tools.clock.sleep(UNREADABLE_GRACE_MS / UNREADABLE_LOOKS);
  }
}

/** The socket may lie in another sandbox: only a lock that is no longer touched counts. */
async function probeBySilence(
  tools: ProbeTools,
  epoch: number,
  code: string,
): Promise<ProbeResult> {
  const before = await tools.folder.lockTouchedAt(epoch);
  if (before === undefined || before === 0) {
    return dead('it left');
  }
  await tools.clock.sleep(SILENCE_MS);
  const after = await tools.folder.lockTouchedAt(epoch);
  return after === undefined || after === before
    ? dead(`its socket is unreachable (${code}) and its lock untouched`, false)
    : { kind: 'unsure', why: `its socket is unreachable from here (${code})` };
}

async function shakeHands(
  tools: ProbeTools,
  record: LockRecord,
  socket: Socket,
): Promise<ProbeResult> {
  const channel = new Channel({ socket, maxMessageBytes: MAX_PUSH_BYTES, log: tools.log });
  channel.listen();
  try {
    const nonce = tools.ids.nonce(32);
    const handshake = await channel.call(
      'handshake',
      { protocol: PROTOCOL_VERSION, nonce },
      { deadlineMs: HANDSHAKE_TIMEOUT_MS },
    );
    const nonces = { leader: handshake.nonce, participant: nonce };
    verify(record.secret, 'leader', nonces, handshake.proof);
    return { kind: 'answered', channel, record, nonces };
  } catch (error) {
    channel.close();
    const coded = toStyxyError(error);
    if (coded.code === 'permission_denied') {
      return dead('somebody else answers at its socket');
    }
    if (coded.code === 'timeout') {
      return dead('it does not answer', false);
    }
    // Closed in the middle of the first words: it is leaving, or just began. Look again.
    return coded.code === 'leadership_lost'
      ? { kind: 'unsure', why: 'it closed the connection' }
      : { kind: 'refused', error: coded };
  }
}

function dead(why: string, certain = true): ProbeResult {
  return { kind: 'dead', why, certain };
}

function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}
