/**
 * The edges of the product as interfaces. `src/platform` implements them for the real machine,
 * tests and the simulation implement them in memory.
 */
import type { PortRange } from '../domain/catalogue';
import type { StyxyError } from '../domain/errors';
import type { ListeningProcess, Participant } from '../domain/model';

export interface Disposable {
  dispose(): void;
}

/** The part of `AbortSignal` that is used; core knows no host's globals. */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Where decisions and their reasons are logged. English, no secrets. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Resolves after `ms`; rejects with `cancelled` when the signal fires first. */
  sleep(ms: number, signal?: CancelSignal): Promise<void>;
  /** Calls `tick` every `ms` until disposed; a tick that is late is not made up for. */
  every(ms: number, tick: () => void): Disposable;
}

/** What nearly every part is given: the time, and where it logs. */
export interface Runtime {
  readonly clock: Clock;
  readonly log: Log;
}

export interface Ids {
  /** A random UUID, version 4. */
  uuid(): string;
  /** `bytes` random bytes in hex. */
  nonce(bytes: number): string;
  /** Uniform in [0, below). */
  below(below: number): number;
}

/** SHA-256 of a text, in lower-case hex. */
export type Digest = (text: string) => string;

/** The content of `lock.<epoch>`. */
export interface LockRecord {
  readonly v: 1;
  readonly protocol: number;
  /** Names the claim and the socket; never used twice. */
  readonly nonce: string;
  readonly pid: number;
  readonly startedAt: number;
  /** Changes with every boot of the machine. */
  readonly bootId: string;
  /** Which editor or command made it, for people. */
  readonly product: string;
  readonly version: string;
  /** Path of the socket or name of the pipe. */
  readonly socket: string;
  /** Key of the handshake, 32 random bytes in hex. */
  readonly secret: string;
}

export type JournalCopy = 'a' | 'b';
export type CheckpointCopy = 'main' | 'bak';

export type EpochFile =
  | { readonly kind: 'lock'; readonly epoch: number }
  | { readonly kind: 'journal'; readonly epoch: number; readonly copy: JournalCopy }
  | { readonly kind: 'checkpoint'; readonly epoch: number; readonly copy: CheckpointCopy };

/** One directory listing of `hosts/<hostId>/`, parsed. */
export interface Listing {
  readonly files: readonly EpochFile[];
  /** The highest epoch in any file name; 0 in an empty folder. */
  readonly highest: number;
  /** Nonces of `claim.<nonce>` files. */
  readonly claims: readonly string[];
}

/** Absent means ENOENT and nothing else; other read errors are thrown as `storage_unavailable`. */
export type Read<T> = { readonly kind: 'read'; readonly value: T } | { readonly kind: 'absent' };

/** An own journal, open for appending. */
export interface JournalFile {
  /** Appends and fdatasyncs. Errors: `storage_unavailable`. */
  append(text: string): Promise<void>;
  /** Bytes in the file. */
  readonly size: number;
  close(): Promise<void>;
}

/**
 * The files of one host. Every method is one file-system step or a documented sequence of steps;
 * none decides anything. Errors: `storage_unavailable` with `details.errno`, `permission_denied`.
 */
export interface EpochFolder {
  /** Absolute path, for messages. */
  readonly path: string;
  list(): Promise<Listing>;
  /** `unreadable` stands for content that is no lock record: a claim in progress, or damage. */
  readLock(epoch: number): Promise<Read<LockRecord | 'unreadable'>>;
  /** Milliseconds since the Unix epoch of the last touch; undefined when the lock is gone. */
  lockTouchedAt(epoch: number): Promise<number | undefined>;
  /**
   * Sets the lock's mtime, a sign of life for those who cannot reach the socket. 0 says that the
   * leader left for good, so that no one waits for a sign.
   */
  touchLock(epoch: number, at: number): Promise<void>;
  /** Writes `claim.<nonce>`. */
  prepareClaim(record: LockRecord): Promise<void>;
  /** Hard-links the claim to `lock.<epoch>` and removes the claim's name. */
  claim(epoch: number, record: LockRecord): Promise<'won' | 'lost'>;
  /** Exclusive creation of an own journal. */
  createJournal(epoch: number, copy: JournalCopy): Promise<JournalFile | 'lost'>;
  readJournal(epoch: number, copy: JournalCopy): Promise<Read<string>>;
  readCheckpoint(epoch: number, copy: CheckpointCopy): Promise<Read<string>>;
  /** Replaces `state.<epoch>.json` durably and keeps what it replaced as `.bak`. */
  writeCheckpoint(epoch: number, content: CheckpointContent): Promise<void>;
  remove(file: EpochFile): Promise<void>;
  readClaim(nonce: string): Promise<Read<LockRecord | 'unreadable'>>;
  removeClaim(nonce: string): Promise<void>;
  /** When `state.<epoch>.json` was last written; undefined when there is none. */
  checkpointWrittenAt(epoch: number): Promise<number | undefined>;
  /** Moves a damaged file aside and answers where it lies now. */
  quarantine(file: EpochFile): Promise<string>;
}

/** What `state.<epoch>.json` holds. `sha` is over `epoch`, `seq` and `body`. */
export interface CheckpointContent {
  readonly sha: string;
  readonly epoch: number;
  readonly seq: number;
  /** The state's JSON text. */
  readonly body: string;
}

export interface PortProbe {
  /**
   * Looks at candidates in order until one is free on every local address, IPv4 and IPv6. Findings
   * hold every port that was looked at; without a `free` among them none of the candidates is.
   */
  firstFree(candidates: readonly number[]): Promise<ReadonlyMap<number, PortFinding['kind']>>;
  /** The direct bind check of one known port. */
  check(port: number): Promise<PortFinding['kind']>;
  /** The same, address by address. */
  addresses(port: number): Promise<readonly AddressFinding[]>;
}

/** A listening socket and its owner, as far as the OS names it. */
export interface Listener {
  readonly port: number;
  readonly address: string;
  readonly process?: ListeningProcess;
}

export interface ListenerTable {
  /** How often `ports()` may be asked without being felt; depends on what the OS charges. */
  readonly pollIntervalMs: number;
  /**
   * Ports with a listener; cheap, without owners. A port that is missing is proven to be without a
   * listener. Errors: `internal`, retryable, when the table cannot be read.
   */
  ports(): Promise<ReadonlySet<number>>;
  /**
   * Whether nothing hints at a change since an answer of `ports()`: much cheaper, and wrong when as
   * many listeners came as went. Absent where the OS charges the same for it.
   */
  seemsUnchanged?(since: ReadonlySet<number>): Promise<boolean>;
  /**
   * Owners of the listeners on these ports (all ports when omitted), one read of the table. What
   * the OS hides is missing, so that an absent row proves nothing. `seen`: an answer of
   * `ports()` whose read of the table is good enough, where the OS charges for another.
   */
  listeners(ports?: ReadonlySet<number>, seen?: ReadonlySet<number>): Promise<readonly Listener[]>;
}

/** A process is known by boot, pid and start time; a pid alone may have been used again. */
export interface ProcessTable {
  readonly bootId: string;
  startedAt(pid: number): Promise<number | undefined>;
  /**
   * Names a process by boot, pid and start: the same text while it is the same process,
   * whatever happens to the clock, and never again another's. Undefined for one that ended or that
   * the OS hides.
   */
  identityOf(pid: number): Promise<string | undefined>;
  isAlive(pid: number): boolean;
}

/** The health check that the plan of a service asks for. */
export interface HealthTarget {
  /** The port of the allocation. */
  readonly port: number;
  /** As in the plan: a path, or a whole http or https URL of this machine. */
  readonly health: string;
  /** Of a path: https instead of http. */
  readonly secure: boolean;
}

export type HealthAnswer =
  | { readonly ok: true; readonly status: number; readonly ms: number }
  /** `reason`: the end of a sentence, `it answered 500`. */
  | { readonly ok: false; readonly reason: string };

export interface HealthProbe {
  /** One GET of this machine; takes 5 s at most and never rejects. */
  check(target: HealthTarget): Promise<HealthAnswer>;
}

/** What the doctor wants to know of the machine; never rejects. */
export interface MachineReader {
  /** `socket`: where the leader can be reached. */
  look(socket: string): Promise<MachineFacts>;
}

/** What git says of a folder. */
export type GitPlace =
  /** `repository` is what all worktrees of one repository share. Canonical paths. */
  | { readonly kind: 'worktree'; readonly root: string; readonly repository: string }
  | { readonly kind: 'none' }
  /** It could not be read. */
  | { readonly kind: 'unknown' };

/** What `config.json` was when it was looked at; two that are equal stand for the same content. */
export type ConfigStamp = string;

export type ConfigRead =
  | { readonly kind: 'absent'; readonly stamp: ConfigStamp }
  | { readonly kind: 'read'; readonly text: string; readonly stamp: ConfigStamp }
  /** It is there and cannot be had: no permission, a folder, too large. */
  | { readonly kind: 'unreadable'; readonly error: StyxyError; readonly stamp: ConfigStamp };

/** `config.json` of the home. */
export interface ConfigStore {
  /** Absolute. */
  readonly path: string;
  read(): Promise<ConfigRead>;
  changed(stamp: ConfigStamp): Promise<boolean>;
  /**
   * Replaces it durably and keeps what it replaces as a backup. Errors: `storage_unavailable`,
   * with `details.reason` `changed` if it is not `before` any more (undefined: no file).
   */
  replace(before: string | undefined, text: string): Promise<ConfigStamp>;
}

/** What folders are: which workspace one belongs to, for every face, and what git says of it. */
export interface WorkspaceReader {
  /**
   * The nearest ancestor of `folder` that is in `open`, else that has a `styxy.json`, else a
   * `.git`, else the folder itself; canonical. Errors: `invalid_argument` if it does not exist.
   */
  resolve(folder: string, open: ReadonlySet<string>): Promise<ResolvedWorkspace>;
  exists(folder: string): Promise<boolean>;
  /** The git branch that is checked out there; undefined without one, or where it is not known. */
  branchOf(workspace: string): Promise<string | undefined>;
  /** The working tree that holds the folder; never rejects. */
  worktreeOf(folder: string): Promise<GitPlace>;
}

export interface ResolvedWorkspace {
  readonly workspace: string;
  readonly because: 'open' | 'plan' | 'git' | 'folder';
}

/** Who listens on a port, as far as it is known. */
export interface PortUser {
  /** Absent where the OS names no owner; with its workspace where its folder is known. */
  readonly process?: ListeningProcess;
  /** The participant whose own process listens, if one's does: an editor that serves previews. */
  readonly participant?: Pick<Participant, 'folders'>;
}

/** What the machine said of a port at the moment of a decision. */
export type PortFinding =
  | { readonly kind: 'free' }
  /** Something listens; `others` on other addresses of the same port. */
  | ({ readonly kind: 'busy'; readonly others?: readonly PortUser[] } & PortUser)
  /** The OS refuses to bind it (EACCES: excluded ranges on Windows, privileged ports). */
  | { readonly kind: 'forbidden' };

/** Result of the direct bind check of one local address. */
export interface AddressFinding {
  readonly address: string;
  readonly result: 'free' | 'busy' | 'forbidden' | 'absent' | 'unknown';
}

/** A program of the operating system that Styxy asks. */
export interface SystemTool {
  readonly name: string;
  /** The end of a sentence: what it is asked for. */
  readonly purpose: string;
  /** A sentence: what does not work where it is missing. */
  readonly without: string;
  readonly present: boolean;
}

/** Facts about the machine; one that it does not reveal is missing. */
export interface MachineFacts {
  readonly platform: string;
  readonly node: string;
  readonly home: {
    /** Absolute. */
    readonly path: string;
    /** The folder of this host's files. */
    readonly hostFolder: string;
    /** Octal, `0700`; absent on Windows. */
    readonly mode?: string;
    /** Files and folders of the home that others may read or write, relative to it. */
    readonly exposed: readonly string[];
    readonly freeBytes?: number;
    /** Damaged files that are kept, relative to the home. */
    readonly quarantined: readonly string[];
    /** False: the file system has none, and claims are made by exclusive creation. */
    readonly hardLinks: boolean;
    /** The network file system that it lies on, where that is known: `NFS`. */
    readonly network?: string;
  };
  /** The path is empty without a leader. */
  readonly socket: { readonly path: string; readonly present: boolean };
  readonly tools: readonly SystemTool[];
  /** Ports for outgoing connections. */
  readonly ephemeral?: PortRange;
  /** Ports that the system refuses to bind (Windows). */
  readonly excluded: readonly PortRange[];
  /** Sentences: which facts are missing, and why. */
  readonly untold: readonly string[];
}
