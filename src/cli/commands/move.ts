import { allocationLines } from '../render/allocation';
import { allocationJson } from '../render/json';
import { parsePort } from '../run/arguments';
import { type JoinedRun, note } from '../run/run';
import { findTarget } from '../target/target';
import { joinedSnapshot, showWorkspace } from '../target/workspace';
import { PROJECT_OPTION, type CommandSpec } from './command';
import { agree, foreignDoubt, TARGET_ARGUMENT, YES_OPTION } from './consent';
import { printResult } from './result';

interface MoveOptions {
  readonly project?: string;
  readonly yes?: boolean;
}

export const MOVE: CommandSpec = {
  name: 'move',
  description:
    'Give a service another port, in one step. A running server has to be restarted on it.',
  arguments: [TARGET_ARGUMENT, ['<to>', 'the new port', parsePort]],
  options: [PROJECT_OPTION, YES_OPTION],
  examples: ['styxy move web 5173'],
  ask: move,
};

async function move(
  run: JoinedRun,
  text: string,
  port: number,
  options: MoveOptions,
): Promise<void> {
  const { coordinator, cancel: signal } = run;
  const snapshot = await joinedSnapshot(run);
  const target = await findTarget(run, snapshot, text, options.project);
  if (target.by === 'name') {
    showWorkspace(run, target.workspace);
  }
  const foreign = foreignDoubt(run, target);
  await agree(
    run,
    foreign,
    `Move it from ${target.allocation.port} to ${port} all the same?`,
    options.yes === true,
  );
  const answer = await coordinator.move(
    {
      target: { id: target.allocation.id },
      workspaces: [target.workspace.workspace],
      ...(foreign.length > 0 ? { confirmed: true } : {}),
      port,
    },
    { signal },
  );
  note(run, answer.message);
  const inspected = await coordinator.inspect({ port: answer.allocation.port }, { signal });
  const now =
    inspected.allocation?.id === answer.allocation.id
      ? inspected.allocation
      : { ...answer.allocation, state: 'reserved' as const };
  const json = allocationJson({ ...now, movedFrom: answer.movedFrom });
  printResult(run, json, ...allocationLines(run, now));
}
