import { StyxyError } from '../../core/domain/errors';
import { type AllocationView, type Conflict, pairHeld } from '../../core/domain/model';
import { given } from '../../core/domain/schema';
import { holdersText, shortPath } from '../run/text';
import type { Run } from '../run/run';
import type { Target } from '../target/target';
import { processText } from '../../core/domain/text';

/** Of commands that change one allocation. */
export const TARGET_ARGUMENT = [
  '<id|port|name>',
  "the allocation's id, its port, or the service's name",
] as const;

export const YES_OPTION = ['-y, --yes', 'agree beforehand to whatever would be asked'] as const;

/** Why a change has to be agreed to before it is made. */
export interface Doubt {
  readonly code: 'not_holder' | 'port_in_use';
  /** A sentence for people. */
  readonly text: string;
  /** What to do instead of agreeing. */
  readonly instead: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The allocation belongs to another workspace, and the caller did not name it by its id. */
export function foreignDoubt(run: Run, target: Target): Doubt[] {
  if (target.own) {
    return [];
  }
  const { id, port, holders } = target.allocation;
  const { service, workspace } = target.pair ?? target.allocation;
  return [
    {
      code: 'not_holder',
      text:
        `Port ${port} is "${service}" of ${shortPath(workspace, run.userHome)}` +
        `${holders.length === 0 ? '' : `, held by ${holdersText(holders)}`}, ` +
        `not of ${shortPath(target.workspace.workspace, run.userHome)}.`,
      instead: 'Run this in its workspace, name it by its id',
      details: { id, port, service, workspace, callerWorkspace: target.workspace.workspace },
    },
  ];
}

/** A shared allocation is to end for others too. */
export function sharedDoubt(run: Run, { allocation, workspace: own }: Target): Doubt[] {
  const { id, port, group, holders } = allocation;
  const others = holders.filter(
    (holder) => pairHeld(allocation, holder).workspace !== own.workspace,
  );
  if (group === undefined || others.length === 0) {
    return [];
  }
  const workspaces = [...new Set(others.map((each) => pairHeld(allocation, each).workspace))];
  return [
    {
      code: 'not_holder',
      text:
        `Port ${port} is the one "${group}" of this machine: it ends for ${holdersText(others)} ` +
        `of ${workspaces.map((each) => shortPath(each, run.userHome)).join(', ')} too.`,
      instead: 'Leave it alone, without --everyone',
      details: { id, port, group, workspaces },
    },
  ];
}

/** Something listens on a port that is to be released: releasing stops no process. */
export function listeningDoubt(
  allocation: AllocationView,
  listeners: readonly Conflict[],
): Doubt[] {
  const [first] = listeners;
  if (first === undefined) {
    return [];
  }
  const { id, port, service, workspace } = allocation;
  const { pid, command } = first.process ?? {};
  const who = first.process === undefined ? 'Something' : processText(first.process, 80);
  return [
    {
      code: 'port_in_use',
      text: `${who} listens on port ${port}; releasing the port does not stop it.`,
      instead: 'Stop it first',
      details: given({ id, port, service, workspace, pid, command }),
    },
  ];
}

/**
 * Agreement to what is in doubt: given beforehand (`--yes`), by a person who is asked, or not at
 * all. Errors: the first doubt's code where no person can be asked; `cancelled` if they said no.
 */
export async function agree(
  run: Run,
  doubts: readonly Doubt[],
  question: string,
  yes: boolean,
): Promise<void> {
  const [first] = doubts;
  if (first === undefined || yes) {
    return;
  }
  const text = doubts.map((doubt) => doubt.text).join(' ');
  if (run.json || !run.terminal.interactive) {
    throw new StyxyError(first.code, `${text} ${first.instead}, or add --yes.`, {
      details: first.details,
    });
  }
  run.terminal.note(text);
  if (!(await run.terminal.confirm(question, run.cancel))) {
    throw new StyxyError('cancelled', 'Nothing was changed.');
  }
}
