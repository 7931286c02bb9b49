/** One participant of the storm, in a process of its own. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createCoordinator } from '../../src/coordinator/wiring/createCoordinator';
import type { Coordinator } from '../../src/core/messages/coordinator';
import { controlled } from './controls';
import { Diary, readDiary, type Grant } from './diary';
import { Lane } from './lane';
import { recall } from './memory';
import type { Order, ParticipantOptions, Report } from './messages';
import { Random } from '../support/world/random';

/** So often the driver is told that calls are answered. */
const TELL_MS = 50;

/** Journals are full after so little that every storm has many rotations. */
const ROTATE_BYTES = 768 * 1024;

function tell(report: Report): void {
  if (process.connected) {
    process.send?.(report);
  }
}

function say(level: string): (message: string) => void {
  return (message) => void process.stderr.write(`${performance.now()} ${level} ${message}\n`);
}

/** What it decides by is this clock; what it waits by is the machine's. */
function jump(offsetMs: number): void {
  Date.now = () => Math.round(performance.timeOrigin + performance.now() + offsetMs);
}

function tellRoles(coordinator: Coordinator): void {
  let last = '';
  coordinator.onDidChange(() => {
    const { role } = coordinator;
    const report: Report = {
      told: 'role',
      leads: role.kind === 'leader',
      epoch: 'epoch' in role ? role.epoch : 0,
    };
    if (JSON.stringify(report) !== last) {
      last = JSON.stringify(report);
      tell(report);
    }
  });
}

/** Diaries of the processes before in this place. */
function past({ diaries, name, life }: ParticipantOptions) {
  return Array.from({ length: life - 1 }, (_, index) => join(diaries, `${name}.${index + 1}`))
    .filter((path) => existsSync(path))
    .flatMap((path) => readDiary(path));
}

async function list(coordinator: Coordinator): Promise<void> {
  for (;;) {
    try {
      const { allocations } = await coordinator.list();
      const grants = allocations.map(({ id, port, workspace, service, group }): Grant => {
        const shared = group === undefined ? {} : { group };
        return { id, port, workspace, service, ...shared };
      });
      tell({ told: 'listed', allocations: grants });
      return;
    } catch (error) {
      say('warn')(`The list is asked for again: ${String(error)}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function main(options: ParticipantOptions): void {
  const { name, life, workspace, home, diaries, control, worker } = options;
  const who = `${name}.${life}`;
  const coordinator = createCoordinator({
    kind: 'window',
    label: who,
    folders: [workspace],
    product: 'storm',
    version: '0.0.0',
    home,
    rotateBytes: ROTATE_BYTES,
    leader: worker === undefined ? { kind: 'inline' } : { kind: 'worker', script: worker },
    log: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
    ...(control === undefined ? {} : { folder: (real) => controlled(real, control) }),
  });
  tellRoles(coordinator);
  let toldAt = 0;
  const onAnswer = (epoch: number): void => {
    if (performance.now() - toldAt > TELL_MS) {
      toldAt = performance.now();
      tell({ told: 'answered', epoch });
    }
  };
  const diary = new Diary(join(diaries, who), who);
  const before = past(options);
  const lanes = Array.from({ length: options.lanes }, (_, index) => {
    const lane = `l${index}`;
    const random = new Random(hash(`${options.seed} ${who} ${lane}`));
    const memory = recall(before, lane);
    const { pauseMs } = options;
    return new Lane({
      name: lane,
      workspace,
      coordinator,
      diary,
      random,
      pauseMs,
      memory,
      onAnswer,
    });
  });
  // Whoever started it is gone, or told it to leave.
  process.once('disconnect', () => process.exit());
  const running = Promise.all(lanes.map((lane) => lane.run()));
  process.on('message', (order: Order) => {
    switch (order.do) {
      case 'stop':
        lanes.forEach((lane) => lane.stop());
        void running.then(() => tell({ told: 'stopped' }));
        break;
      case 'list':
        void list(coordinator);
        break;
      case 'setClock':
        jump(order.offsetMs);
        break;
      case 'close':
        void coordinator.close().then(() => process.disconnect());
        break;
    }
  });
}

function hash(text: string): number {
  let value = 2166136261;
  for (const letter of text) {
    value = Math.imul(value ^ letter.charCodeAt(0), 16777619);
  }
  return value;
}

main(JSON.parse(process.argv[2] ?? '{}') as ParticipantOptions);
