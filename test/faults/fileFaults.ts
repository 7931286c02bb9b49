/**
 * Deleted and damaged files, one at a time: the next one only after an epoch that does not need the
 * last one was answered from.
 */
import { open, readdir, readFile, rm, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { checkpointName, journalName, lockName } from '../../src/platform/storage/fileNames';
import type { Member } from './member';
import { pause } from '../support/world/waiting';
import { BOUND_MS, type Fault, type Scene } from './scene';
import { isMissing } from './stage';

type Damage = 'delete' | 'truncate' | 'flip';

/** What an epoch is recovered from. */
const COPIES = {
  state: (epoch: number) => checkpointName(epoch, 'main'),
  'state.bak': (epoch: number) => checkpointName(epoch, 'bak'),
  'journal.a': (epoch: number) => journalName(epoch, 'a'),
  'journal.b': (epoch: number) => journalName(epoch, 'b'),
} as const;

const DAMAGES: readonly Damage[] = ['delete', 'truncate', 'flip'];

/** A `.bak` is there from the second checkpoint on. */
const FILE_BOUND_MS = 3000;

const TAIL_BYTES = 4000;

/** False if there is no such file. */
async function damage(scene: Scene, path: string, how: Damage): Promise<boolean> {
  const { random } = scene;
  try {
    if (how === 'delete') {
      await unlink(path);
      return true;
    }
    const content = await readFile(path);
    // What a checkpoint does not have yet is at the end of a journal.
    const least = random.chance(0.5) ? 0 : Math.max(0, content.length - TAIL_BYTES);
    const place = random.whole(least, Math.max(0, content.length - 1));
    if (how === 'truncate') {
      await truncate(path, place);
    } else {
      await overwrite(path, place, (content[place] ?? 0) ^ (1 << random.whole(0, 7)));
    }
    return true;
  } catch (error) {
    if (isMissing(error)) {
      return false;
    }
    throw error;
  }
}

/** In place: whoever has it open goes on with the same file. */
async function overwrite(path: string, place: number, byte: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.write(Uint8Array.of(byte), 0, 1, place);
  } finally {
    await file.close();
  }
}

/**
 * Damages a copy of the present epoch and takes its leader away: before, so that whoever comes next
 * has to do with the damage; or after, when the leader had time to make it better or worse.
 */
async function damageCopy(scene: Scene, name: (epoch: number) => string, how: Damage) {
  const { stage, random } = scene;
  const { leader, epoch } = await scene.led();
  const path = join(await stage.folder(), name(epoch));
  const before = random.chance(0.7);
  const deposed = before && random.chance(0.3);
  await stage.until(FILE_BOUND_MS, async () =>
    (await readdir(join(path, '..'))).includes(name(epoch)),
  );
  if (before) {
    leader.freeze();
  }
  if (!(await damage(scene, path, how))) {
    leader.thaw();
    return false;
  }
  if (deposed) {
    scene.note(epoch, 'frozen');
    await scene.answeredAbove(epoch);
    leader.thaw();
    return true;
  }
  scene.note(epoch, before ? 'killed' : undefined);
  await pause(before ? 0 : random.whole(0, 400));
  await stage.replace(leader);
  await scene.answeredAbove(epoch);
  return true;
}

/** Those who are connected need neither lock nor socket; a newcomer does. */
async function newcomer(scene: Scene, instead: Member): Promise<void> {
  const { stage, kind } = scene;
  const came = await stage.replace(instead);
  if (!(await stage.until(BOUND_MS, () => came.answered > 0))) {
    stage.failures.push(`${came.who} was not answered within ${BOUND_MS} ms after "${kind}".`);
  }
}

async function damageLock(scene: Scene, how: Damage): Promise<boolean> {
  const { epoch } = await scene.led();
  // Chosen before: afterwards the lock tells nobody who leads.
  const follower = await scene.follower();
  const path = join(await scene.stage.folder(), lockName(epoch));
  if (follower === undefined || !(await damage(scene, path, how))) {
    return false;
  }
  scene.note(epoch);
  await newcomer(scene, follower);
  const { leader, epoch: now } = await scene.led();
  scene.note(now, 'killed');
  await scene.stage.replace(leader);
  await scene.answeredAbove(now);
  return true;
}

async function deleteSocket(scene: Scene): Promise<boolean> {
  const { epoch } = await scene.led();
  const follower = await scene.follower();
  const record = await scene.stage.lock(epoch);
  if (!follower || !record || !(await damage(scene, record.socket, 'delete'))) {
    return false;
  }
  scene.note(epoch);
  await newcomer(scene, follower);
  return true;
}

async function deleteClaims(scene: Scene): Promise<boolean> {
  const { epoch } = await scene.led();
  const folder = await scene.stage.folder();
  const claims = (await readdir(folder)).filter((name) => name.startsWith('claim.'));
  for (const name of claims) {
    await rm(join(folder, name), { force: true });
  }
  scene.note(epoch);
  return claims.length > 0;
}

async function deleteAuditLog(scene: Scene): Promise<boolean> {
  const { epoch } = await scene.led();
  scene.note(epoch);
  return damage(scene, join(await scene.stage.folder(), 'audit.log'), 'delete');
}

/** The types of the storm are gone for a while, and come back. */
async function deleteConfiguration(scene: Scene): Promise<boolean> {
  const { epoch } = await scene.led();
  await rm(join(scene.stage.home, 'config.json'));
  scene.note(epoch);
  await pause(scene.random.whole(0, 2500));
  await scene.stage.writeConfiguration();
  return true;
}

/** Not a byte is left for a while; the leader may die in it, or its clock go back. */
async function fillDisk(scene: Scene, and?: 'kill' | 'clock'): Promise<boolean> {
  const { stage, random } = scene;
  const { leader, epoch } = await scene.led();
  if (stage.disk === undefined) {
    return false;
  }
  await stage.disk.fill();
  scene.note(epoch);
  try {
    await pause(random.whole(100, 1500));
    if (and === 'kill') {
      await stage.replace(leader);
      await pause(random.whole(100, 1500));
    } else if (and === 'clock') {
      leader.tell({ do: 'setClock', offsetMs: -random.whole(60_000, 86_400_000) });
      await pause(random.whole(100, 1500));
    }
  } finally {
    await stage.disk.makeRoom();
  }
  return true;
}

export const FILE_FAULTS: readonly Fault[] = [
  ...Object.entries(COPIES).flatMap(([copy, name]) =>
    DAMAGES.map((how) => ({
      kind: `${how} ${copy}`,
      inject: (scene: Scene) => damageCopy(scene, name, how),
    })),
  ),
  ...DAMAGES.map((how) => ({
    kind: `${how} lock`,
    inject: (scene: Scene) => damageLock(scene, how),
  })),
  { kind: 'delete socket', inject: deleteSocket },
  { kind: 'delete claims', inject: deleteClaims },
  { kind: 'delete audit.log', inject: deleteAuditLog },
  { kind: 'delete config.json', inject: deleteConfiguration },
];

export const DISK_FAULTS: readonly Fault[] = [
  { kind: 'full disk', inject: (scene) => fillDisk(scene) },
  { kind: 'full disk, leader killed', inject: (scene) => fillDisk(scene, 'kill') },
  { kind: 'full disk, clock goes back', inject: (scene) => fillDisk(scene, 'clock') },
];
