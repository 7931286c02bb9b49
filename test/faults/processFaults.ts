/** Kills, freezes, and freezes at the two moments that matter most. */
import type { FaultPoint } from '../../src/platform/fs/faultPoint';
import { pause } from '../support/world/waiting';
import { BOUND_MS, type Fault, type Scene } from './scene';

/** A leader that answers no ping for 3 s is deposed. */
const SHORT_MS = [200, 2000] as const;
const LONG_MS = [3500, 6000] as const;

/** Clocks are set by seconds, and by a day. */
const JUMPS_MS = [-86_400_000, -3_600_000, -5000, 5000, 3_600_000, 86_400_000];

async function killLeader(scene: Scene): Promise<boolean> {
  const { leader, epoch } = await scene.led();
  scene.note(epoch, 'killed');
  await scene.stage.replace(leader);
  await scene.answeredAbove(epoch);
  return true;
}

async function killFollower(scene: Scene): Promise<boolean> {
  const follower = await scene.follower();
  if (follower !== undefined) {
    scene.note(follower.role.epoch);
    await scene.stage.replace(follower);
  }
  return follower !== undefined;
}

async function freezeLeader(scene: Scene, [least, most]: readonly [number, number]) {
  const { leader, epoch } = await scene.led();
  const isLong = least >= LONG_MS[0];
  leader.freeze();
  scene.note(epoch, isLong ? 'frozen' : undefined);
  await pause(scene.random.whole(least, most));
  if (isLong) {
    await scene.answeredAbove(epoch);
  }
  leader.thaw();
  return true;
}

async function freezeFollower(scene: Scene, [least, most]: readonly [number, number]) {
  const follower = await scene.follower();
  if (follower !== undefined) {
    scene.note(follower.role.epoch);
    follower.freeze();
    await pause(scene.random.whole(least, most));
    follower.thaw();
  }
  return follower !== undefined;
}

/** The leader, then its successor; both wake up while a third one leads, or soon does. */
async function doubleFreeze(scene: Scene): Promise<boolean> {
  const first = await scene.led();
  first.leader.freeze();
  scene.note(first.epoch, 'frozen');
  const second = await scene.led(first.epoch);
  second.leader.freeze();
  if (scene.random.chance(0.7)) {
    await scene.answeredAbove(second.epoch);
  }
  for (const { leader } of scene.random.shuffled([first, second])) {
    leader.thaw();
    await pause(scene.random.whole(0, 200));
  }
  return true;
}

async function freezeAt(scene: Scene, point: FaultPoint): Promise<boolean> {
  const { leader, epoch } = await scene.led();
  if (!(await scene.freezeAt(leader, point))) {
    return false;
  }
  scene.note(epoch, 'frozen');
  await scene.answeredAbove(epoch);
  await scene.answers(4);
  leader.thaw();
  await scene.answers(4, [leader]);
  return true;
}

async function killAt(scene: Scene, point: FaultPoint): Promise<boolean> {
  const { leader, epoch } = await scene.led();
  if (!(await scene.freezeAt(leader, point))) {
    return false;
  }
  scene.note(epoch, 'killed');
  await scene.stage.replace(leader);
  await scene.answeredAbove(epoch);
  return true;
}

/**
 * What the first leader was about to write is written under its successor's eyes, who is frozen and
 * can repair nothing; then the successor is killed, and a third one reads what is there.
 */
async function staleWrite(scene: Scene, point: FaultPoint): Promise<boolean> {
  const first = await scene.led();
  if (!(await scene.freezeAt(first.leader, point))) {
    return false;
  }
  scene.note(first.epoch, 'frozen');
  const second = await scene.led(first.epoch);
  await scene.answeredAbove(first.epoch);
  await scene.answers(20);
  second.leader.freeze();
  const { answers } = first.leader;
  first.leader.thaw();
  // After its write it notices; or, as the control without CHECK, goes on answering.
  await scene.stage.until(
    BOUND_MS,
    () => !first.leader.role.leads || first.leader.answers > answers + 1,
  );
  await scene.stage.replace(second.leader);
  await scene.answers(4);
  return true;
}

async function setClock(scene: Scene, whose: 'leader' | 'follower'): Promise<boolean> {
  const member = whose === 'leader' ? (await scene.led()).leader : await scene.follower();
  const offsetMs = scene.random.pick(JUMPS_MS);
  if (member !== undefined) {
    scene.note(member.role.epoch);
    member.tell({ do: 'setClock', offsetMs });
    await pause(scene.random.whole(0, 1500));
  }
  return member !== undefined;
}

/** All clocks but the leader's go back while it stands still: it must be noticed all the same. */
async function setClocksInFreeze(scene: Scene): Promise<boolean> {
  const { leader, epoch } = await scene.led();
  leader.freeze();
  scene.note(epoch, 'frozen');
  await pause(scene.random.whole(1000, 2000));
  for (const member of scene.stage.members.filter((other) => other !== leader)) {
    member.tell({ do: 'setClock', offsetMs: -scene.random.whole(60_000, 86_400_000) });
  }
  await scene.answeredAbove(epoch);
  leader.thaw();
  return true;
}

export const PROCESS_FAULTS: readonly Fault[] = [
  { kind: 'kill leader', inject: killLeader },
  { kind: 'kill follower', inject: killFollower },
  { kind: 'freeze leader, short', inject: (scene) => freezeLeader(scene, SHORT_MS) },
  { kind: 'freeze leader, long', inject: (scene) => freezeLeader(scene, LONG_MS) },
  { kind: 'freeze follower, short', inject: (scene) => freezeFollower(scene, SHORT_MS) },
  { kind: 'freeze follower, long', inject: (scene) => freezeFollower(scene, LONG_MS) },
  { kind: 'freeze two leaders', inject: doubleFreeze },
  { kind: 'freeze before CHECK', inject: (scene) => freezeAt(scene, 'commit') },
  { kind: 'freeze in checkpoint', inject: (scene) => freezeAt(scene, 'checkpoint') },
  { kind: 'kill before CHECK', inject: (scene) => killAt(scene, 'commit') },
  { kind: 'kill in checkpoint', inject: (scene) => killAt(scene, 'checkpoint') },
  { kind: 'stale commit', inject: (scene) => staleWrite(scene, 'commit') },
  { kind: 'stale checkpoint', inject: (scene) => staleWrite(scene, 'checkpoint') },
  { kind: 'clocks in a freeze', inject: setClocksInFreeze },
  { kind: 'clock of leader', inject: (scene) => setClock(scene, 'leader') },
  { kind: 'clock of follower', inject: (scene) => setClock(scene, 'follower') },
];
