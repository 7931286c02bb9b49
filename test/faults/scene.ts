/** What a fault is injected into, and the moments that it waits for. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultPoint } from '../../src/platform/fs/faultPoint';
import type { Member } from './member';
import type { Random } from '../support/world/random';
import type { Stage } from './stage';

/** Far beyond anything measured: reached only when something hangs. */
export const BOUND_MS = 60_000;

/** A leader that decides nothing reaches no fault point. */
const POINT_BOUND_MS = 15_000;

export interface Fault {
  readonly kind: string;
  /** False if there was nothing to inject it into at the moment. */
  inject(scene: Scene): Promise<boolean>;
}

export interface Led {
  readonly leader: Member;
  readonly epoch: number;
}

export class Scene {
  readonly stage: Stage;
  readonly random: Random;
  /** What the driver does now. */
  kind = '';

  constructor(stage: Stage, random: Random) {
    this.stage = stage;
    this.random = random;
  }

  /** Waits for a leader. Errors: none came. */
  async led(above = 0): Promise<Led> {
    let led: Led | undefined;
    await this.stage.until(BOUND_MS, async () => {
      led = await this.stage.leader();
      return led !== undefined && led.epoch > above;
    });
    if (led === undefined || led.epoch <= above) {
      throw new Error(`Nobody led an epoch above ${above} within ${BOUND_MS} ms.`);
    }
    return led;
  }

  /** Somebody who does not lead; undefined if there is nobody. */
  async follower(): Promise<Member | undefined> {
    const { leader } = await this.led();
    const others = this.stage.members.filter((member) => member !== leader && !member.isFrozen);
    return this.random.maybe(others);
  }

  /** Somebody was answered under a later epoch. Errors: nobody was. */
  async answeredAbove(epoch: number): Promise<void> {
    if (!(await this.stage.until(BOUND_MS, () => this.stage.answered() > epoch))) {
      throw new Error(`Nobody was answered above epoch ${epoch} within ${BOUND_MS} ms.`);
    }
  }

  /** So many more times somebody told that calls are answered. */
  async answers(count: number, of = this.stage.members): Promise<boolean> {
    const before = new Map(of.map((member) => [member, member.answers]));
    return this.stage.until(BOUND_MS, () => {
      const now = this.stage.members.map((member) => member.answers - (before.get(member) ?? 0));
      return now.reduce((sum, more) => sum + more, 0) >= count;
    });
  }

  /** The leader of this epoch is taken away now. */
  note(epoch: number, lost?: 'killed' | 'frozen'): void {
    const how = lost === undefined ? {} : { lost };
    this.stage.diary.write({ ev: 'fault', kind: this.kind, epoch, ...how });
  }

  /** Freezes it exactly there; false if it did not get there. */
  async freezeAt(member: Member, point: FaultPoint): Promise<boolean> {
    const order = join(this.stage.root, 'orders', `${member.pid}.${point}`);
    writeFileSync(order, '');
    if (!(await this.stage.until(POINT_BOUND_MS, () => !existsSync(order)))) {
      rmSync(order, { force: true });
      return false;
    }
    member.isFrozen = true;
    return true;
  }
}
