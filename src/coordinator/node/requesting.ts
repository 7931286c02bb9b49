/** The requests of a participant: each goes to whoever leads, the changing ones under an id. */
import type { Ask, AskOptions } from '../../core/messages/coordinator';
import type { Ids } from '../../core/host/interfaces';
import type { Methods } from '../../core/messages/methods';
import type { RequestRouter } from './requestRouter';

export abstract class Requesting {
  protected abstract readonly asking: RequestRouter;
  readonly #ids: Ids;

  constructor(ids: Ids) {
    this.#ids = ids;
  }

  allocate(request: Ask<Methods['allocate']['params']>, options?: AskOptions) {
    return this.asking.ask('allocate', this.#withId(request), options);
  }

  release(request: Ask<Methods['release']['params']>, options?: AskOptions) {
    return this.asking.ask('release', this.#withId(request), options);
  }

  move(request: Ask<Methods['move']['params']>, options?: AskOptions) {
    return this.asking.ask('move', this.#withId(request), options);
  }

  allocatePlan(request: Ask<Methods['allocatePlan']['params']>, options?: AskOptions) {
    return this.asking.ask('allocatePlan', this.#withId(request), options);
  }

  undoAutoAllocation(request: Ask<Methods['undoAutoAllocation']['params']>, options?: AskOptions) {
    return this.asking.ask('undoAutoAllocation', this.#withId(request), options);
  }

  setAutoAllocation(request: Methods['setAutoAllocation']['params'], options?: AskOptions) {
    return this.asking.ask('setAutoAllocation', request, options);
  }

  audit(request: Methods['audit']['params'], options?: AskOptions) {
    return this.asking.ask('audit', request, options);
  }

  inspect(request: Methods['inspect']['params'], options?: AskOptions) {
    return this.asking.ask('inspect', request, options);
  }

  status(options?: AskOptions) {
    return this.asking.ask('status', {}, options);
  }

  doctor(options?: AskOptions) {
    return this.asking.ask('doctor', {}, options);
  }

  list(options?: AskOptions) {
    return this.asking.ask('list', {}, options);
  }

  async handOver(): Promise<void> {
    await this.asking.ask('handOver', {});
  }

  #withId<Request>(request: Request): Request & { requestId: string } {
    return { ...request, requestId: this.#ids.uuid() };
  }
}
