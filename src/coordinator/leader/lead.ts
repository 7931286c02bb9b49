/** Becoming leader: a fresh socket first, then the claim, then service. */
import type { Ending } from '../../core/election/types';
import { StyxyError } from '../../core/domain/errors';
import type { EpochFile, LockRecord } from '../../core/host/interfaces';
import { PROTOCOL_VERSION } from '../../core/messages/methods';
import type { Replayed } from '../../core/log/replay';
import { withSoundIndices } from '../../core/allocation/startupRepair';
import { ClaimPool } from '../election/claimPool';
import { deferred } from '../async/deferred';
import type { LogTools } from '../log/commit';
import { Endpoint } from '../session/endpoint';
import { Leadership } from './leadership';
import type { LeadershipTools } from './leadershipParts';
import { type CandidacyOrder, runForLeader } from '../election/candidate';
import { Sessions } from '../session/sessions';
import type { Repair } from '../recovery/takeoverReport';

export type LeadershipStart =
  | { readonly kind: 'leading'; readonly leadership: Leadership }
  | { readonly kind: 'ended'; readonly why: Ending; readonly cause?: StyxyError };

/** Errors: `storage_unavailable`, `permission_denied`; the caller backs off. */
export async function lead(
  tools: LeadershipTools,
  order: CandidacyOrder,
): Promise<LeadershipStart> {
  const { ids, folder, log } = tools;
  const opening = deferred();
  const secret = ids.nonce(32);
  let leadership: Leadership | undefined;
  let replayed: readonly Replayed[] = [];
  const sessions = new Sessions({
    clock: tools.clock,
    ids,
    log,
    secret,
    version: order.self.version,
    ready: opening.promise,
    epoch: () => existing(leadership).epoch,
    snapshot: () => existing(leadership).service.snapshot(),
    answer: (method, params, caller) => existing(leadership).service.answer(method, params, caller),
    onParticipants: () => leadership?.service.participantsChanged(),
    onCame: (participant) => leadership?.came(participant),
    onAnnounced: (participant, holds) => leadership?.suspicion.heard(participant, holds),
  });
  const door = await Endpoint.open({ ...tools, onConnection: (socket) => sessions.accept(socket) });
  const record: Omit<LockRecord, 'nonce' | 'socket'> = {
    v: 1,
    protocol: PROTOCOL_VERSION,
    pid: order.self.pid,
    startedAt: order.self.startedAt ?? 0,
    bootId: tools.processes.bootId,
    product: order.product,
    version: order.self.version,
    secret,
  };
  const repairs: Repair[] = [];
  const claims = new ClaimPool({ folder, ids, log, record, socket: () => door.path });
  const reignTools: LogTools = {
    folder,
    digest: tools.digest,
    clock: tools.clock,
    log,
    judge: async (epoch) => (epoch === order.accused ? 'dead' : tools.judge(epoch)),
    nextClaim: () => claims.next(),
    onRepair: (file, keptAt) => {
      repairs.push({ file, keptAt });
      log.warn(`A damaged ${describe(file)} was kept at ${keptAt}.`);
    },
  };
  const abandon = async (): Promise<void> => {
    opening.reject(new StyxyError('leadership_lost', 'Another window was faster. Ask again.'));
    await Promise.allSettled([claims.discard(), door.close()]);
  };
  try {
    await claims.refill();
    const candidacy = await runForLeader(reignTools, order.seen, order.served);
    if (candidacy.kind === 'ended') {
      await abandon();
      return candidacy;
    }
    const { reign, base } = candidacy;
    replayed = base.replayed ?? [];
    const { state, problems, sound } = withSoundIndices(base.state);
    leadership = new Leadership({
      tools,
      order,
      reignTools,
      reign,
      base: { state, seq: base.seq },
      sessions,
      door,
      claims,
      takeOver: {
        ...(base.from === undefined ? {} : { from: base.from }),
        seq: base.seq,
        replayed: replayed.length,
        repairs: [...repairs],
        problems,
        sound,
      },
    });
  } catch (error) {
    await abandon();
    throw error;
  }
  await leadership.prepare(replayed);
  opening.resolve();
  leadership.begin();
  return { kind: 'leading', leadership };
}

function existing(leadership: Leadership | undefined): Leadership {
  if (leadership === undefined) {
    throw new StyxyError('leadership_lost', 'This leadership has not begun. Ask again.');
  }
  return leadership;
}

function describe(file: EpochFile): string {
  return file.kind === 'lock' ? `lock ${file.epoch}` : `${file.kind} ${file.epoch} (${file.copy})`;
}
