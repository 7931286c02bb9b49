import { BROWSER_BLOCKED_PORTS } from '../../../../../src/core/domain/browserBlockedPorts';
import type { ServiceType } from '../../../../../src/core/domain/catalogue';
import type { StyxyErrorCode } from '../../../../../src/core/domain/errors';

/** What the machine says of a port: nobody listens, this workspace's server, or somebody else. */
export type Listener = { readonly workspace?: string } | undefined;

export interface Asked {
  readonly workspace: string;
  readonly service: string;
  readonly type: ServiceType;
  readonly port?: number | undefined;
  readonly exact?: boolean | undefined;
}

/**
 * The rules of docs/ports.md, "How a port is chosen", a second time, slowly and without any of the
 * engine's code: every port is ranked, and the best one that may be given is the answer.
 */
export class Model {
  readonly held = new Map<number, string>();
  private readonly last = new Map<string, number>();
  private readonly cooling = new Map<
    number,
    { readonly pair: string; readonly until: number; readonly strict: boolean }
  >();

  constructor(
    private readonly reserved: ReadonlySet<number>,
    private readonly listeners: ReadonlyMap<number, Listener>,
    private readonly gone: ReadonlySet<string>,
  ) {}

  portOf(pair: string): number | undefined {
    return [...this.held].find(([, owner]) => owner === pair)?.[0];
  }

  mayBeGiven(port: number): boolean {
    return !this.reserved.has(port) && !BROWSER_BLOCKED_PORTS.has(port);
  }

  /** Nobody listens, or only the workspace itself. */
  isFree(port: number, workspace: string): boolean {
    const listener = this.listeners.get(port);
    return listener === undefined || listener.workspace === workspace;
  }

  /** Another pair moved away from it a moment ago. */
  isLeft(port: number, pair: string, now: number): boolean {
    const cold = this.cooling.get(port);
    return cold !== undefined && cold.strict && cold.until > now && cold.pair !== pair;
  }

  choose(asked: Asked, now: number): number | StyxyErrorCode {
    const pair = `${asked.workspace} ${asked.service}`;
    if (asked.port !== undefined && !this.mayBeGiven(asked.port)) {
      return 'port_reserved';
    }
    const free = (port: number) =>
      this.mayBeGiven(port) &&
      !this.held.has(port) &&
      !this.isLeft(port, pair, now) &&
      this.isFree(port, asked.workspace);
    if (asked.exact && asked.port !== undefined) {
      return free(asked.port) ? asked.port : 'port_in_use';
    }
    const { preferred, range } = asked.type;
    const inRange = Array.from(
      { length: range.last - range.first + 1 },
      (_, index) => range.first + index,
    );
    const wishes = [asked.port, this.last.get(pair)].filter((port) => port !== undefined);
    const order = [...new Set([...wishes, ...preferred, ...inRange])];
    const rank = (port: number): readonly [number, number] => {
      const cold = this.cooling.get(port);
      if (cold !== undefined && cold.until > now && cold.pair !== pair) {
        return [3, cold.until];
      }
      if (wishes.includes(port)) {
        return [0, wishes.indexOf(port)];
      }
      const remembered = [...this.last].some(
        ([other, otherPort]) =>
          otherPort === port && other !== pair && !this.gone.has(other.split(' ')[0] ?? ''),
      );
      return [remembered ? 2 : 1, order.indexOf(port)];
    };
    const [best] = order
      .filter(free)
      .sort((a, b) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1]);
    return best ?? 'no_port_available';
  }

  give(pair: string, port: number): void {
    this.held.set(port, pair);
    this.last.set(pair, port);
    this.cooling.delete(port);
  }

  takeBack(port: number, now: number, strict = false): void {
    const pair = this.held.get(port);
    if (pair !== undefined) {
      this.held.delete(port);
      this.cooling.set(port, { pair, until: now + 30_000, strict });
    }
  }
}
