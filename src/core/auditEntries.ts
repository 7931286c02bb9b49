/** What the audit log says of a commit. */
import { apply } from './apply';
import type { AuditEntry } from './audit';
import type { Stamp, StateEvent } from './events';
import type { Allocation } from './model';
import type { State } from './state';

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
  let state = before;
  let actor: AuditEntry['actor'] = { kind: 'leader', label: 'leader', id: '' };
  for (const event of events) {
    if ('stamp' in event) {
      actor = actorOf(event.stamp);
    }
    const after = apply(state, event);
    const told = tell(event, state, after);
    entries.push(...told.map((each) => ({ ...place, actor, ...each })));
    state = after;
  }
  return entries;
}

type Told = Omit<AuditEntry, 'epoch' | 'seq' | 'actor'>;

function tell(event: StateEvent, before: State, after: State): readonly Told[] {
  switch (event.kind) {
    case 'granted': {
      const { allocation, stamp } = event;
      return [{ at: stamp.at, what: 'granted', ...subject(allocation), after: brief(allocation) }];
    }
    case 'joined':
    case 'left':
    case 'planned':
      return changed(event.kind, event, before, after);
    case 'moved':
      return changed('moved', event, before, after);
    case 'released': {
      const allocation = before.allocations.get(event.id);
      return allocation === undefined
        ? []
        : [
            {
              at: event.stamp.at,
              what: 'released',
              ...subject(allocation),
              before: brief(allocation),
              ...noted(event.note),
            },
          ];
    }
    case 'type-added': {
      const { name, range, placement, at } = event.type;
      return [{ at, what: 'type-added', serviceType: name, after: { range, placement } }];
    }
    case 'type-removed': {
      const type = before.types.get(event.name);
      return [
        {
          at: event.stamp.at,
          what: 'type-removed',
          serviceType: event.name,
          ...(type === undefined ? {} : { before: { range: type.range } }),
          ...noted(event.note),
        },
      ];
    }
    case 'configured': {
      const size = (text: string | undefined) => ({ bytes: text?.length ?? 0 });
      return [
        {
          at: event.stamp.at,
          what: 'configuration',
          before: size(before.configuration?.text),
          after: size(event.text),
        },
      ];
    }
    case 'forgot':
      return event.workspaces.map((workspace) => ({
        at: event.stamp.at,
        what: 'forgotten',
        workspace,
      }));
    case 'answered':
      return conflicts(event, after);
    case 'trusted':
      return [{ at: event.stamp.at, what: 'recovered', note: 'the windows were heard' }];
    case 'projected':
      return [];
  }
}

function changed(
  what: 'joined' | 'left' | 'planned' | 'moved',
  { id, stamp, ...rest }: { readonly id: string; readonly stamp: Stamp; readonly note?: string },
  before: State,
  after: State,
): readonly Told[] {
  const [was, is] = [before.allocations.get(id), after.allocations.get(id)];
  return was === undefined || is === undefined
    ? []
    : [
        {
          at: stamp.at,
          what,
          ...subject(is),
          before: brief(was),
          after: brief(is),
          ...noted(rest.note),
        },
      ];
}

/** The ports that a grant passed over because somebody listens on them. */
function conflicts(
  { at, recorded }: Extract<StateEvent, { kind: 'answered' }>,
  after: State,
): readonly Told[] {
  if (recorded.kind !== 'allocate') {
    return [];
  }
  const allocation = after.allocations.get(recorded.id);
  return (recorded.answer.conflicts ?? [])
    .filter(({ reason }) => reason === undefined)
    .map(({ port, process }) => ({
      at,
      what: 'conflict',
      ...(allocation === undefined ? {} : { ...subject(allocation), note: 'passed over' }),
      port,
      ...(process === undefined ? {} : { before: process }),
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
    ...(group === undefined ? {} : { group }),
    ...(planned === undefined ? {} : { planned }),
  };
}

function noted(note: string | undefined): { readonly note?: string } {
  return note === undefined ? {} : { note };
}

function actorOf({ actor, by, kind, pid }: Stamp): AuditEntry['actor'] {
  return { kind: kind ?? 'leader', label: by, id: actor, ...(pid === undefined ? {} : { pid }) };
}
