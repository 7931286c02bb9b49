/** What the processes before were told in one place, from their diaries: the next goes on from it. */
import type { Grant, Line } from './diary';
import { operationsOf } from './operations';

export interface Memory {
  /** By service. */
  readonly held: ReadonlyMap<string, Grant>;
  /** Ids whose release or move may or may not have happened. */
  readonly owed: ReadonlySet<string>;
}

/** `name`: the lane, which begins the name of each of its services. */
export function recall(lines: readonly Line[], name: string): Memory {
  const held = new Map<string, Grant>();
  const owed = new Set<string>();
  const known = new Map<string, Grant>();
  for (const { call, outcome, grants } of operationsOf(lines)) {
    if (call.kind === 'allocate') {
      // Singletons are not gone on with: their holder was the process.
      const own = grants.filter(({ group, service }) => !group && service.startsWith(`${name}-`));
      for (const grant of own) {
        held.set(grant.service, grant);
        known.set(grant.id, grant);
      }
      continue;
    }
    const grant = known.get(call.id);
    if (grant === undefined) {
      continue;
    }
    if (outcome === 'ok' && call.kind === 'move') {
      held.set(grant.service, { ...grant, port: call.to });
    } else if (outcome === 'unknown') {
      owed.add(call.id);
      held.delete(grant.service);
    } else if (call.kind === 'release') {
      owed.delete(call.id);
      held.delete(grant.service);
    }
  }
  return { held, owed };
}
