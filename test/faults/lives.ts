/** The life of one allocation as its holders were told it: who held which port from when to when. */
import type { Grant, Line } from './diary';
import type { Operation } from './operations';

export interface Violation {
  readonly rule: string;
  readonly what: string;
  /** The lines of the diaries that prove it. */
  readonly trace: readonly Line[];
}

/** From the acknowledged grant until the release was asked for: a holder stops using it first. */
export interface Hold {
  readonly grant: Grant;
  readonly from: number;
  /** Infinity while it is held. */
  to: number;
  readonly trace: Line[];
}

/** What a fresh participant was shown in the end. */
export type Final = ReadonlyMap<string, { readonly port: number }>;

export function violation(rule: string, what: string, ...traces: (readonly Line[])[]): Violation {
  const trace = [...new Set(traces.flat())].sort((a, b) => a.t - b.t);
  return { rule, what, trace };
}

export function nameOf({ id, port, workspace, service }: Grant): string {
  return `${service} of ${workspace} on ${port} (${id})`;
}

/** Holders of one id, one after the other or, of a singleton, side by side. */
export class Life {
  readonly grant: Grant;
  readonly holds: Hold[] = [];
  readonly violations: Violation[] = [];
  /** The open hold of each holder; of an ordinary allocation everyone is the pair. */
  readonly #open = new Map<string, Hold>();
  /** Something that was asked may have happened or may yet: nothing can be expected any more. */
  #maybe = false;
  #ended: Operation | undefined;

  constructor(grant: Grant) {
    this.grant = grant;
  }

  granted(grant: Grant, operation: Operation): void {
    const { endedAt, askedAt, lines, who } = operation;
    if (this.#ended !== undefined) {
      if (askedAt > this.#ended.endedAt) {
        const what = `${nameOf(grant)} was released and is granted again.`;
        this.#violated('came back', what, this.#ended.lines, lines);
      }
      return;
    }
    const open = this.#open.get(this.#holder(who));
    if (open?.grant.port === grant.port) {
      return;
    }
    if (open !== undefined) {
      const what = `${nameOf(open.grant)} is on ${grant.port} now; nobody moved it.`;
      this.#violated('shifted', what, open.trace, lines);
      this.#close(who, endedAt);
    }
    this.#begin(grant, who, endedAt, lines);
  }

  /** A release or a move was asked for: from now on the holder does not use the port. */
  asked({ who, askedAt, outcome, lines }: Operation): void {
    this.#close(who, askedAt, lines);
    this.#maybe ||= outcome === 'unknown';
  }

  released(operation: Operation): void {
    if (operation.remaining === 0) {
      this.#ended = operation;
    }
  }

  moved(to: number, { who, endedAt, lines }: Operation): void {
    this.#begin({ ...this.grant, port: to }, who, endedAt, lines);
  }

  refused({ who, endedAt, code, lines }: Operation): void {
    const last = this.holds.findLast((hold) => hold.to < endedAt);
    if (this.#maybe || this.#ended !== undefined || last === undefined) {
      return;
    }
    if (code === 'allocation_not_found' || code === 'not_holder') {
      this.#violated('lost', `${nameOf(last.grant)} was granted and is gone.`, last.trace, lines);
      this.#maybe = true;
      return;
    }
    this.#begin(last.grant, who, endedAt, lines);
  }

  /** Whoever held a singleton there does no more; an ordinary allocation is kept. */
  killed(who: string, at: number): void {
    if (this.grant.group !== undefined) {
      this.#close(who, at);
    }
  }

  /** The end of the run. */
  settle(final: Final): void {
    const found = final.get(this.grant.id);
    if (this.#ended !== undefined && found !== undefined) {
      const what = `${nameOf({ ...this.grant, ...found })} was released and is there in the end.`;
      this.#violated('came back', what, this.#ended.lines);
    }
    for (const { grant, trace } of this.#maybe ? [] : this.#open.values()) {
      if (found === undefined) {
        this.#violated('lost', `${nameOf(grant)} is not there in the end.`, trace);
      } else if (found.port !== grant.port) {
        const what = `${nameOf(grant)} is on ${found.port} in the end; nobody moved it.`;
        this.#violated('shifted', what, trace);
      }
    }
  }

  #holder(who: string): string {
    return this.grant.group === undefined ? '' : who;
  }

  #begin(grant: Grant, who: string, from: number, lines: readonly Line[]): void {
    const hold: Hold = { grant, from, to: Infinity, trace: [...lines] };
    this.holds.push(hold);
    this.#open.set(this.#holder(who), hold);
  }

  #close(who: string, at: number, lines: readonly Line[] = []): void {
    const open = this.#open.get(this.#holder(who));
    if (open !== undefined) {
      open.to = at;
      open.trace.push(...lines);
      this.#open.delete(this.#holder(who));
    }
  }

  #violated(rule: string, what: string, ...traces: (readonly Line[])[]): void {
    this.violations.push(violation(rule, what, ...traces));
  }
}
