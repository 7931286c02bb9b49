import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LockRecord } from '../../../../src/core/host/interfaces';
import type { Snapshot } from '../../../../src/core/messages/requests';
import { parseListing } from '../../../../src/platform/storage/fileNames';
import { parseLockRecord } from '../../../../src/platform/storage/lockFile';
import { bundle } from './bundle';
import type { StartOptions } from './commands';
import { Peer } from './peer';
import { until } from './until';

/** A home of its own, the participants in it, and a place for their sockets. */
export class Home {
  readonly root: string;
  readonly path: string;
  readonly peers: Peer[] = [];

  private constructor(root: string, path: string) {
    this.root = root;
    this.path = path;
  }

  static async create(): Promise<Home> {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'styxy-nodes-')));
    const home = new Home(root, join(root, 'home'));
    await mkdir(join(root, 'run'), { mode: 0o700 });
    await mkdir(home.path, { mode: 0o700 });
    return home;
  }

  /** The same place for folders and sockets, with the home itself elsewhere. */
  movedTo(path: string): Home {
    return new Home(this.root, path);
  }

  /** A workspace. */
  async folder(name: string): Promise<string> {
    const path = join(this.root, name);
    await mkdir(path, { recursive: true });
    return path;
  }

  /** Starts a participant with a folder of its own; it may not have joined yet. */
  async start(label: string, options: Partial<StartOptions> = {}): Promise<Peer> {
    const { participant } = await bundle();
    const folders = options.folders ?? [await this.folder(label)];
    const start = { home: this.path, label, ...options, folders };
    const env = {
      PATH: process.env.PATH,
      HOME: this.root,
      XDG_RUNTIME_DIR: join(this.root, 'run'),
    };
    const peer = new Peer(participant, env, start);
    this.peers.push(peer);
    await peer.call('start', start);
    return peer;
  }

  /** Starts so many at once and waits until all of them see each other. */
  async gather(count: number, options: Partial<StartOptions> = {}): Promise<Peer[]> {
    const labels = Array.from({ length: count }, (_, index) => `node-${index}`);
    const peers = await Promise.all(labels.map((label) => this.start(label, options)));
    await Promise.all(peers.map((peer) => peer.joined()));
    await until(`all of ${count} to see each other`, async () => {
      const shown = await Promise.all(peers.map((peer) => peer.call('see', null)));
      return shown.every(({ snapshot }) => snapshot?.participants.length === count);
    });
    return peers;
  }

  /** Whoever leads, as `asked` is told. */
  async leader(asked: Peer): Promise<{ leader: Peer; followers: Peer[]; epoch: number }> {
    const { epoch, leader } = await asked.call('status', {});
    const found = this.peers.find(({ pid }) => pid === leader.pid);
    assert.ok(found, `process ${leader.pid} leads, and is none of ours`);
    const alive = this.peers.filter((peer) => peer.end === undefined);
    return { leader: found, followers: alive.filter((peer) => peer !== found), epoch };
  }

  /** `hosts/<hostId>/`. */
  async hostFolder(): Promise<string> {
    const [hostId] = await readdir(join(this.path, 'hosts'));
    assert.ok(hostId !== undefined, 'nobody made a folder yet');
    return join(this.path, 'hosts', hostId);
  }

  /** Names in the host's folder. */
  async files(): Promise<string[]> {
    return (await readdir(await this.hostFolder())).sort();
  }

  /** The highest number in any name. */
  async epoch(): Promise<number> {
    return parseListing(await this.files()).highest;
  }

  async sockets(): Promise<string[]> {
    return readdir(join(this.root, 'run', 'styxy'));
  }

  /** The highest epoch and its lock. */
  async lock(): Promise<{ epoch: number; path: string; record: LockRecord }> {
    const folder = await this.hostFolder();
    const { highest: epoch } = parseListing(await readdir(folder));
    const path = join(folder, `lock.${String(epoch).padStart(10, '0')}`);
    const record = parseLockRecord(await readFile(path, 'utf8'));
    assert.ok(record !== 'unreadable');
    return { epoch, path, record };
  }

  /** Ends everyone, in order where that is possible, and removes everything. */
  async dispose(before: () => Promise<void> = async () => undefined): Promise<void> {
    try {
      const alive = this.peers.filter((peer) => peer.end === undefined);
      await Promise.all(alive.map((peer) => (peer.isFrozen ? peer.kill() : peer.close())));
      for (const { failure } of this.peers) {
        assert.equal(failure, undefined);
      }
    } finally {
      await Promise.all(this.peers.map((peer) => peer.kill()));
      await before();
      await rm(this.root, { recursive: true, force: true });
    }
  }
}

/** What must not change with the leader: who has which port under which id. */
export function grants({ allocations }: Pick<Snapshot, 'allocations'>): string[] {
  return allocations.map(
    ({ id, port, service, workspace }) => `${workspace} ${service} ${port} ${id}`,
  );
}

/** Gives each test a home and takes it away with everyone in it. */
export function homeForEach(): { readonly current: Home } {
  const holder: { home?: Home } = {};
  beforeEach(async () => {
    holder.home = await Home.create();
  });
  afterEach(async () => {
    await holder.home?.dispose();
  });
  return {
    get current() {
      assert.ok(holder.home);
      return holder.home;
    },
  };
}
