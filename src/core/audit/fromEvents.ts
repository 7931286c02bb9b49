/** What the audit log says of a commit. */
import type { AuditEntry } from '../domain/audit';
import { apply } from '../state/apply';
import type { HolderRef, Stamp, StateEvent } from '../state/events';
import { pairKey, type Allocation, type Pair } from '../domain/model';
import { given } from '../domain/schema';
import type { State } from '../state/state';

/** Where in the order of all commits. */
export interface AuditPlace {
  readonly epoch: number;
  readonly seq: number;
}

/** The entries of one commit, in its order. `before`: the state that the first event changed. */
export function auditEntries(
  before: State,
  events: readonly StateEvent[],
  place: AuditPlace,
): readonly AuditEntry[] {
  const entries: AuditEntry[] = [];
  const replay = new CommitReplay(before);
  let actor: AuditEntry['actor'] = { kind: 'leader', label: 'leader', id: '' };
  for (const event of events) {
    if ('stamp' in event) {
      actor = actorOf(event.stamp);
    }
    const fields = entriesOf(event, replay);
    entries.push(...fields.map((each) => ({ ...place, actor, ...each })));
    replay.past(event);
  }
  return entries;
}

/** The state in the course of a commit, computed only where an entry needs it: most do not. */
class CommitReplay {
  readonly #start: State;
  #state: State;
  #past: StateEvent[] = [];
  /** The last event of each allocation, by id. */
  readonly #last = new Map<string, StateEvent>();

  constructor(state: State) {
    this.#start = state;
    this.#state = state;
  }

  past(event: StateEvent): void {
    this.#past.push(event);
    const id = event.kind === 'granted' ? event.allocation.id : 'id' in event && event.id;
    if (id) {
      this.#last.set(id, event);
    }
  }

  /** Before the event at hand; free for most events. */
  allocation(id: string): Allocation | undefined {
    const last = this.#last.get(id);
    if (last === undefined) {
      return this.#start.allocations.get(id);
    }
    return last.kind === 'granted' ? last.allocation : this.before.allocations.get(id);
  }

  /** Before the event at hand. */
  get before(): State {
    this.#state = this.#past.reduce(apply, this.#state);
    this.#past = [];
    return this.#state;
  }

  after(event: StateEvent): State {
    return apply(this.before, event);
  }
}

type EntryFields = Omit<AuditEntry, 'epoch' | 'seq' | 'actor'>;

function entriesOf(event: StateEvent, replay: CommitReplay): readonly EntryFields[] {
  switch (event.kind) {
    case 'granted': {
      const { allocation } = event;
      return entryOf(event, 'granted', { ...subject(allocation), after: brief(allocation) });
    }
    case 'joined':
    case 'left':
    case 'planned':
    case 'moved':
      return changed(event, replay);
    case 'released': {
      const allocation = replay.allocation(event.id);
      return allocation === undefined
        ? []
        : entryOf(event, 'released', { ...subject(allocation), before: brief(allocation) });
    }
    case 'type-added': {
      const { name, range, placement, at } = event.type;
      return [{ at, what: 'type-added', serviceType: name, after: { range, placement } }];
    }
    case 'type-removed': {
      const before = replay.before.types.get(event.name);
      const range = given({ before: before && { range: before.range } });
      return entryOf(event, 'type-removed', { serviceType: event.name, ...range });
    }
    case 'configured': {
      const size = (text: string | undefined) => ({ characters: text?.length ?? 0 });
      const before = size(replay.before.configuration?.text);
      return entryOf(event, 'configuration', { before, after: size(event.text) });
    }
    case 'forgot':
      return event.workspaces.flatMap((workspace) => entryOf(event, 'forgotten', { workspace }));
    case 'answered':
      return conflicts(event, replay);
    case 'trusted':
      return entryOf(event, 'recovered', { note: 'the windows were heard' });
    case 'projected':
      return [];
  }
}

/** The one entry of an event. */
function entryOf(
  { stamp, note }: { readonly stamp: Stamp; readonly note?: string },
  what: AuditEntry['what'],
  fields: Omit<EntryFields, 'at' | 'what'>,
): readonly EntryFields[] {
  return [{ at: stamp.at, what, ...fields, ...given({ note }) }];
}

type Change = Extract<StateEvent, { kind: 'joined' | 'left' | 'planned' | 'moved' }>;

function changed(event: Change, replay: CommitReplay): readonly EntryFields[] {
  const { id, kind: what } = event;
  const was = replay.allocation(id);
  const is = replay.after(event).allocations.get(id);
  return was === undefined || is === undefined
    ? []
    : pairsConcerned(event, was, is).flatMap((pair) => {
        const concerned = subject({ ...is, ...pair });
        return entryOf(event, what, { ...concerned, before: brief(was), after: brief(is) });
      });
}

/** Of what is shared, the pairs that come and go: their workspace filters the log for them. */
function pairsConcerned(event: Change, was: Allocation, is: Allocation): readonly Pair[] {
  const held = ({ workspace, service }: Partial<HolderRef>): Pair => ({
    workspace: workspace ?? was.workspace,
    service: service ?? was.service,
  });
  switch (event.kind) {
    case 'joined':
      return [held(event.holder)];
    case 'left': {
      const pairs = event.holders.map(held);
      return [...new Map(pairs.map((p) => [pairKey(p), p])).values()];
    }
    case 'planned':
    case 'moved':
      return [is];
  }
}

/** The ports that a grant passed over because something listens on them. */
function conflicts(
  { at, recorded }: Extract<StateEvent, { kind: 'answered' }>,
  replay: CommitReplay,
): readonly EntryFields[] {
  const passed =
    recorded.kind === 'allocate'
      ? (recorded.answer.conflicts ?? []).filter(({ reason }) => reason === undefined)
      : [];
  if (recorded.kind !== 'allocate' || passed.length === 0) {
    return [];
  }
  const allocation = replay.allocation(recorded.id);
  return passed.map(({ port, process }) => ({
    at,
    what: 'conflict',
    ...(allocation === undefined ? {} : { ...subject(allocation), note: 'passed over' }),
    port,
    ...given({ before: process }),
  }));
}

function subject({ port, service, serviceType, workspace }: Allocation) {
  return { port, service, serviceType, workspace };
}

function brief({ id, port, holders, group, planned }: Allocation): Record<string, unknown> {
  return {
    id,
    port,
    holders: holders.map(({ kind, label, pid }) => ({ kind, label, pid })),
    ...given({ group, planned }),
  };
}

function actorOf({ actor, by, kind, pid }: Stamp): AuditEntry['actor'] {
  return { kind: kind ?? 'leader', label: by, id: actor, ...given({ pid }) };
}
