import type { CancelSignal, Disposable, Ids } from '../host/interfaces';
import { hasParams, isWrite, REQUEST_NAMES, type Methods, type RequestName } from './methods';
import type { Snapshot } from './requests';

/** A request as a face makes it: the client adds the request id and keeps it over retries. */
export type Ask<Request extends { requestId: string }> = Omit<Request, 'requestId'>;

export type Role =
  /** Looking for a leader, or becoming one. */
  | { readonly kind: 'connecting' }
  | { readonly kind: 'leader' | 'follower'; readonly epoch: number }
  /** Nothing could be reached; the node keeps trying. `problem` is for people. */
  | { readonly kind: 'unreachable'; readonly problem: string };

export interface AskOptions {
  /** Milliseconds; 10,000 by default. After it the answer is unknown: `timeout`, retryable. */
  readonly deadlineMs?: number;
  readonly signal?: CancelSignal;
}

/** What a face says beside the method's name; nothing for those without parameters. */
export type RequestArguments<M extends RequestName> = keyof Methods[M]['params'] extends never
  ? []
  : [request: Omit<Methods[M]['params'], 'requestId'>];

/** One function for each request of the table of methods. */
export type Client = {
  readonly [M in RequestName]: (
    ...given: [...RequestArguments<M>, options?: AskOptions]
  ) => Promise<Methods[M]['result']>;
};

/**
 * The one way in for every face: palette, tree, task variables, command line, HTTP, agents.
 * A request goes to the leader; when that is lost in between, the same request, with the same id,
 * goes to the next one until the deadline. Errors: see the table of methods.
 */
export interface Coordinator extends Client {
  /** Own participant id. */
  readonly participant: string;
  readonly role: Role;
  /** The last push of the leader; undefined until the first. */
  readonly snapshot: Snapshot | undefined;
  /** Fires after `role` or `snapshot` changed. */
  onDidChange(listener: () => void): Disposable;
  /** Tells the leader which folders this participant has open now. */
  setFolders(folders: readonly string[]): void;
  /** Idempotent; ends within two seconds. */
  close(): Promise<void>;
}

/** Carries a request to the leader. */
export type SendRequest = <M extends RequestName>(
  method: M,
  params: Methods[M]['params'],
  options?: AskOptions,
) => Promise<Methods[M]['result']>;

/** A client that sends by `send`; what changes the state gets its request id here. */
export function createClient(ids: Pick<Ids, 'uuid'>, send: SendRequest): Client {
  const requests = REQUEST_NAMES.map((method) => {
    const request = (...given: readonly unknown[]): Promise<unknown> => {
      const [params, options] = hasParams(method) ? given : [{}, ...given];
      const id = isWrite(method) ? { requestId: ids.uuid() } : {};
      return send(method, { ...(params as object), ...id } as never, options as AskOptions);
    };
    return [method, request] as const;
  });
  return Object.fromEntries(requests) as unknown as Client;
}
