/** What the leader answers and pushes: look-ups over its state, and who takes part. */
import { toStyxyError } from '../core/errors';
import type { StateEvent } from '../core/events';
import { inspectPort, inspectRefusal } from '../core/inspect';
import type { AllocationView, ListeningProcess, Participant } from '../core/model';
import type { Clock, Log } from '../core/ports';
import type { Methods } from '../core/protocol';
import { listAllocations } from '../core/registry';
import type { InspectAnswer, Snapshot, SnapshotDelta, StatusAnswer } from '../core/requests';
import type { Rules } from '../core/rules';
import type { Leader } from './leader';
import type { EpochLedger } from './ledger';
import { Look, openFolders, type LookTools } from './look';
import { Observer } from './observer';
import type { Requests } from './sessions';

export interface ServiceOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly look: LookTools;
  readonly rules: Rules;
  readonly leader: Leader;
  readonly ledger: EpochLedger;
  /** Who leads, as everyone sees it. */
  readonly self: StatusAnswer['leader'];
  readonly home: string;
  participants(): readonly Participant[];
  push(delta: SnapshotDelta): void;
  handOver(): void;
}

export class Service {
  readonly observer: Observer;
  readonly #options: ServiceOptions;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.observer = new Observer({
      clock: options.clock,
      log: options.log,
      listeners: options.look.listeners,
      owners: (ports) => this.#look().owners(ports),
      allocations: () => options.leader.state.allocations.values(),
      onChange: (ids) => this.#pushChanged(ids, []),
    });
  }

  async answer<M extends Requests>(
    method: M,
    params: Methods[M]['params'],
    caller: Participant,
  ): Promise<Methods[M]['result']> {
    const { leader, ledger, handOver } = this.#options;
    const answers: { readonly [R in Requests]: (p: Methods[R]['params']) => Promise<unknown> } = {
      allocate: (request) => leader.request('allocate', request, caller),
      release: (request) => leader.request('release', request, caller),
      move: (request) => leader.request('move', request, caller),
      inspect: (request) => this.#inspect(request.port),
      list: () => this.#list(),
      status: async () => this.#status(),
      handOver: async () => {
        await ledger.verify();
        handOver();
        return {};
      },
    };
    return (await answers[method](params)) as Methods[M]['result'];
  }

  snapshot(): Snapshot {
    const { leader, ledger, self, participants } = this.#options;
    return {
      epoch: ledger.epoch,
      seq: ledger.seq,
      leader: self,
      participants: participants(),
      allocations: listAllocations(leader.state).map((each) => this.observer.view(each)),
    };
  }

  /** Tells every window what a commit changed. */
  committed(events: readonly StateEvent[]): void {
    const changed = new Set<string>();
    const removed = new Set<string>();
    for (const event of events) {
      switch (event.kind) {
        case 'granted':
          changed.add(event.allocation.id);
          break;
        case 'joined':
        case 'moved':
          changed.add(event.id);
          break;
        case 'released':
          removed.add(event.id);
          break;
        case 'answered':
        case 'trusted':
          break;
      }
    }
    this.#pushChanged([...changed], [...removed]);
  }

  participantsChanged(): void {
    const { ledger, participants, push } = this.#options;
    push({
      epoch: ledger.epoch,
      seq: ledger.seq,
      participants: participants(),
      changed: [],
      removed: [],
    });
  }

  #pushChanged(ids: readonly string[], removed: readonly string[]): void {
    const { leader, ledger, push } = this.#options;
    const changed: AllocationView[] = [];
    for (const id of ids) {
      const allocation = leader.state.allocations.get(id);
      if (allocation !== undefined) {
        changed.push(this.observer.view(allocation));
      }
    }
    if (changed.length > 0 || removed.length > 0) {
      push({ epoch: ledger.epoch, seq: ledger.seq, changed, removed });
    }
  }

  async #list(): Promise<Snapshot> {
    const { ledger, log } = this.#options;
    try {
      await this.observer.look();
    } catch (error) {
      log.warn(`The listener table cannot be read: ${toStyxyError(error).message}`);
    }
    await ledger.verify();
    return this.snapshot();
  }

  async #inspect(port: number): Promise<InspectAnswer> {
    const { clock, leader, look, rules } = this.#options;
    const refusal = inspectRefusal({ port });
    if (refusal !== undefined) {
      throw refusal;
    }
    const [addresses, listeners] = await Promise.all([
      look.probe.addresses(port),
      this.#listeners(port),
    ]);
    const sight = { checkedAt: clock.now(), addresses, listeners };
    return inspectPort(leader.state, { port }, sight, rules);
  }

  async #listeners(
    port: number,
  ): Promise<{ port: number; address: string; process?: ListeningProcess }[]> {
    const look = this.#look();
    const found = await this.#options.look.listeners.listeners(new Set([port]));
    return Promise.all(
      found.map(async (each) =>
        each.process === undefined ? each : { ...each, process: await look.placed(each.process) },
      ),
    );
  }

  #status(): StatusAnswer {
    const { ledger, self, participants, home } = this.#options;
    const { problem } = ledger;
    return {
      epoch: ledger.epoch,
      leader: self,
      participants: participants(),
      storage: problem === undefined ? { ok: true } : { ok: false, problem: problem.message },
      commits: ledger.commits,
      home,
    };
  }

  #look(): Look {
    return new Look(this.#options.look, openFolders(this.#options.participants()));
  }
}
