/** Pushes to every participant what changed. */
import type { StateEvent } from '../../core/state/events';
import type { SnapshotDelta } from '../../core/messages/requests';
import type { Sessions } from '../session/sessions';
import { snapshotOf, type LeaderView } from './queries';

export class Publisher {
  readonly #view: LeaderView;
  readonly #sessions: Pick<Sessions, 'push'>;

  constructor(view: LeaderView, sessions: Pick<Sessions, 'push'>) {
    this.#view = view;
    this.#sessions = sessions;
  }

  /** Everything, to participants that may have seen something else. */
  snapshot(): void {
    this.#sessions.push('snapshot', snapshotOf(this.#view));
  }

  /** What a commit changed. */
  committed(events: readonly StateEvent[]): void {
    const changed = new Set<string>();
    const removed = new Set<string>();
    let configured = false;
    for (const event of events) {
      switch (event.kind) {
        case 'granted':
          changed.add(event.allocation.id);
          break;
        case 'joined':
        case 'left':
        case 'moved':
        case 'planned':
          changed.add(event.id);
          break;
        case 'type-added':
        case 'type-removed':
        case 'configured':
          configured = true;
          break;
        case 'released':
          removed.add(event.id);
          break;
        case 'trusted':
          this.snapshot();
          return;
        case 'projected':
        case 'forgot':
        case 'answered':
          break;
      }
    }
    if (configured) {
      this.configurationChanged();
    }
    this.#allocations([...changed], [...removed]);
  }

  configurationChanged(): void {
    this.#push({ configuration: this.#view.configuration() });
  }

  participantsChanged(): void {
    this.#push({ participants: this.#view.participants() });
  }

  /** What was seen of these is another than before. */
  observed(ids: readonly string[]): void {
    this.#allocations(ids, []);
  }

  #allocations(ids: readonly string[], removed: readonly string[]): void {
    const { allocations } = this.#view.state();
    const changed = ids.flatMap((id) => {
      const allocation = allocations.get(id);
      return allocation === undefined ? [] : [this.#view.health.view(allocation)];
    });
    if (changed.length > 0 || removed.length > 0) {
      this.#push({ changed, removed });
    }
  }

  #push(delta: Partial<SnapshotDelta>): void {
    const { epoch, seq } = this.#view.progress();
    this.#sessions.push('delta', { epoch, seq, changed: [], removed: [], ...delta });
  }
}
