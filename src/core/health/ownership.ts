/** Whose server a listener is, as far as it can be proven: one rule for grants and health checks. */
import {
  workspacesOf,
  type Allocation,
  type Intruder,
  type ListeningProcess,
} from '../domain/model';
import type { GitPlace, PortUser, ResolvedWorkspace } from '../host/interfaces';

/** `unknown` is never taken for somebody else's: nothing was proven. */
export type Ownership = { readonly kind: 'own' } | { readonly kind: 'unknown' } | Intruder;

/**
 * Some systems compute start times from the clock, and clocks are set: events closer together than
 * this may have happened in either order.
 */
export const START_TOLERANCE_MS = 5_000;

/** What was looked up of one listener and its allocation. */
export interface OwnershipFacts extends PortUser {
  readonly allocation: Allocation;
  /** The workspace that `process.cwd` belongs to; absent when the folder is gone or hidden. */
  readonly place?: ResolvedWorkspace;
  /** Workspaces that have allocations or that a window has open. */
  readonly known: ReadonlySet<string>;
  /** By folder: `process.cwd` and the allocation's workspaces. A missing one counts as unknown. */
  readonly git: ReadonlyMap<string, GitPlace>;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/**
 * Whether a listener is proven to be a server of this very workspace: its working directory belongs
 * there, it listens for nobody else, and it is no editor that has other folders open. A port that
 * is busy is given to the workspace on no weaker proof: see docs/ports.md, "How a port is chosen".
 */
export function isServerOf({ process, participant }: PortUser, workspace: string): boolean {
  return (
    process?.workspace === workspace &&
    !isForwarder(process.command) &&
    (participant === undefined || participant.folders.includes(workspace))
  );
}

/**
 * The rule of docs/ports.md, "Whose folder is it". A listener is somebody else's if it runs
 * from another workspace, or from none and was there before the allocation. It is the allocation's
 * own if it is a server of one of its workspaces (`isServerOf`), or at least is near: from a folder
 * inside, from the same git working tree, or an editor that has the workspace open.
 *
 * Everything that is not proven is `unknown`: the folder is not known (Windows, other users'
 * processes), git cannot be read, clocks disagree, or it is a program that listens for others. A
 * `.git` above the allocation's workspace is no proof either, as that of a home folder under
 * version control makes every program started there one of its workspace.
 */
export function ownershipOf(facts: OwnershipFacts): Ownership {
  const { allocation, process, place, known, participant } = facts;
  const own = workspacesOf(allocation);
  const placed = place === undefined ? process : { ...process, workspace: place.workspace };
  const user = { ...facts, ...(placed === undefined ? {} : { process: placed }) };
  if (own.some((workspace) => isServerOf(user, workspace))) {
    return { kind: 'own' };
  }
  if (participant !== undefined) {
    // It serves all of its folders from one process, whose working directory says nothing.
    return participant.folders.some((folder) => own.includes(folder)) ? { kind: 'own' } : UNKNOWN;
  }
  if (process?.cwd === undefined || isForwarder(process.command)) {
    return UNKNOWN;
  }
  const git = compareGit(process.cwd, own, facts.git);
  if (isNear(process.cwd, own, git, facts)) {
    return { kind: 'own' };
  }
  if (place === undefined || git === 'unknown') {
    return UNKNOWN;
  }
  const { workspace, because } = place;
  const sameRepository = git === 'same repository';
  if (known.has(workspace) || because === 'open' || sameRepository) {
    // There is one for the whole machine: the workspace that runs it runs it for all.
    return allocation.group === undefined
      ? { kind: 'sibling', workspace, sameRepository }
      : UNKNOWN;
  }
  const above = own.some((folder) => isInside(folder, workspace));
  if (because === 'plan' || (because === 'git' && !above)) {
    return { kind: 'stranger', workspace };
  }
  return wasThereBefore(process, facts) ? { kind: 'stranger' } : UNKNOWN;
}

/** A listener, and what was found of it. */
export interface OwnedListener {
  /** Absent where the OS names no owner. */
  readonly process?: ListeningProcess;
  readonly ownership: Ownership;
}

/**
 * Which of several listeners on one port speaks for it (`::1` and `127.0.0.1` may have different
 * ones): the own server where there is one, else an intruder, else the first.
 */
export function foremost(listeners: readonly OwnedListener[]): OwnedListener | undefined {
  const own = listeners.find(({ ownership }) => ownership.kind === 'own');
  const intruder = listeners.find(({ ownership }) => ownership.kind !== 'unknown');
  return own ?? intruder ?? listeners[0];
}

const UNKNOWN: Ownership = { kind: 'unknown' };

function isNear(
  cwd: string,
  own: readonly string[],
  git: GitRelation,
  { place, known }: OwnershipFacts,
): boolean {
  if (git === 'same worktree') {
    return true;
  }
  // Within the workspace, an open window, a plan or a worktree makes another one; a clone or a
  // submodule that nobody named does not.
  const named =
    place !== undefined &&
    (known.has(place.workspace) ||
      place.because === 'open' ||
      place.because === 'plan' ||
      git === 'same repository');
  return own.some(
    (folder) => isInside(cwd, folder) && !(named && isInside(place.workspace, folder)),
  );
}

type GitRelation = 'same worktree' | 'same repository' | 'other' | 'unknown';

function compareGit(
  cwd: string,
  own: readonly string[],
  places: ReadonlyMap<string, GitPlace>,
): GitRelation {
  const theirs = places.get(cwd);
  if (theirs === undefined || theirs.kind === 'unknown') {
    return 'unknown';
  }
  if (theirs.kind === 'none') {
    return 'other';
  }
  const ours = own.map((folder): GitPlace => places.get(folder) ?? { kind: 'unknown' });
  const trees = ours.filter((place) => place.kind === 'worktree');
  if (trees.some(({ root }) => root === theirs.root)) {
    return 'same worktree';
  }
  if (ours.some(({ kind }) => kind === 'unknown')) {
    return 'unknown';
  }
  return trees.some(({ repository }) => repository === theirs.repository)
    ? 'same repository'
    : 'other';
}

/** Both times are of this clock, and far enough apart to be distinguished. */
function wasThereBefore(
  { startedAt }: ListeningProcess,
  { allocation: { allocatedAt }, now }: OwnershipFacts,
): boolean {
  return (
    startedAt !== undefined &&
    startedAt + START_TOLERANCE_MS < allocatedAt &&
    // An allocation of the future was made before the clock was set back.
    allocatedAt <= now + START_TOLERANCE_MS
  );
}

/**
 * Programs that listen for containers and virtual machines: they run from anywhere and for a long
 * time, and only the inside of the container knows whose the port is.
 */
const FORWARDERS = [
  'docker-proxy',
  'com.docker.backend',
  'com.docker.vpnkit',
  'vpnkit',
  'vpnkit-bridge',
  'rootlesskit',
  'rootlessport',
  'rootlesskit-docker-proxy',
  'slirp4netns',
  'pasta',
  'gvproxy',
  'conmon',
  'limactl',
  'colima',
  'OrbStack Helper',
  'wslrelay',
  'wslhost',
];

const FORWARDER = new RegExp(
  `(?:^|[/\\\\"'])(?:${FORWARDERS.map((name) => name.replace(/\./g, '\\.')).join('|')})(?:\\.exe)?(?:["'\\s]|$)`,
  'i',
);

function isForwarder(command: string | undefined): boolean {
  return command !== undefined && FORWARDER.test(command);
}

/** Whether a folder is another one or lies in it. Canonical paths of this machine. */
function isInside(folder: string, other: string): boolean {
  const end = /[/\\]$/.test(other) ? '' : other.includes('\\') ? '\\' : '/';
  return folder === other || folder.startsWith(`${other}${end}`);
}

/**
 * Whether two observations show the same process: pid and start mark, as a pid alone may have been
 * used again. Where only one of them has a mark, the pid has to do; two listeners of which nothing is
 * known count as the same.
 */
export function isSameProcess(
  a: ListeningProcess | undefined,
  b: ListeningProcess | undefined,
): boolean {
  if (a?.pid !== b?.pid) {
    return false;
  }
  return a?.startMark === b?.startMark || a?.startMark === undefined || b?.startMark === undefined;
}
