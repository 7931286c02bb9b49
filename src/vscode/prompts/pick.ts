import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { StyxyError, isRecord } from '../../core/domain/errors';
import type { AllocationView } from '../../core/domain/model';
import type { OwnFolder } from '../window/folders';
import { ask } from '../window/request';
import { folderName, rowText } from '../text/allocation';
import type { Services } from '../window/services';
import { seenFromAll, seenFromHere } from '../text/sharing';
import { buildTree, type Shown } from '../views/portTree';
import type { Snapshot } from '../../core/messages/requests';
import { command, offer } from '../window/messages';

/** What a row of a tree or a link says of its allocation. */
interface PassedTarget {
  readonly id?: string;
  readonly port?: number;
  /** Of a shared allocation: for whom. */
  readonly workspace?: string;
  readonly service?: string;
}

export interface AllocationPick extends vscode.QuickPickItem {
  readonly view?: AllocationView;
}

interface TargetQuestion {
  readonly title: string;
  readonly suits?: (view: AllocationView) => boolean;
  /** What to say if none suits; else a new one is offered. */
  readonly none?: string;
}

/**
 * The allocation that a command is about: what the tree or a link passed, else what the user picks.
 * A shared one as the row's pair sees it, else as this window does. Undefined when the user picked
 * nothing. Errors: `allocation_not_found` if it ended meanwhile.
 */
export async function targetOf(
  services: Services,
  passed: unknown,
  question: TargetQuestion,
): Promise<AllocationView | undefined> {
  const wanted = readTarget(passed);
  const shown = await listNow(services, question.title);
  if (wanted !== undefined) {
    const found = shown.allocations.find(
      ({ id, port }) => id === wanted.id || (wanted.id === undefined && port === wanted.port),
    );
    if (found === undefined) {
      throw new StyxyError(
        'allocation_not_found',
        t('This port is not allocated any more. The Workspaces view shows what is.'),
      );
    }
    return (
      seenFromAll(found).find(
        ({ workspace, service }) => workspace === wanted.workspace && service === wanted.service,
      ) ?? seenFromHere(found, (workspace) => services.folders.find(workspace) !== undefined)
    );
  }
  return pickAllocation(services, shown, question);
}

/** What is allocated now, not as last pushed. Errors: those of `list`. */
export function listNow({ connection }: Services, title: string): Promise<Snapshot> {
  return ask(connection, title, 'list');
}

/** Reads a row of the tree, or the `{ id }` or `{ port }` of a link. */
export function readTarget(passed: unknown): PassedTarget | undefined {
  const record = isRecord(passed) && isRecord(passed.view) ? passed.view : passed;
  if (!isRecord(record)) {
    return undefined;
  }
  const { id, workspace, service } = record;
  if (typeof id === 'string') {
    const isPair = typeof workspace === 'string' && typeof service === 'string';
    return isPair ? { id, workspace, service } : { id };
  }
  return typeof record.port === 'number' ? { port: record.port } : undefined;
}

async function pickAllocation(
  services: Services,
  shown: Shown,
  question: TargetQuestion,
): Promise<AllocationView | undefined> {
  const items = allocationItems(services, shown, question.suits);
  if (items.length === 0 && question.none !== undefined) {
    void vscode.window.showInformationMessage(question.none);
    return undefined;
  }
  if (items.length === 0) {
    await offer('Information', t('There is no such port yet.'), {
      title: t('Allocate Port...'),
      run: command('styxy.allocatePort'),
    });
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(items, {
    title: question.title,
    placeHolder: t('Which port?'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.view;
}

/** All ports under the names of their workspaces, this window's first, as far as they suit. */
export function allocationItems(
  services: Services,
  shown: Shown,
  suits: (view: AllocationView) => boolean = () => true,
): AllocationPick[] {
  return buildTree(shown, services.folders.current)
    .map((node) => ({ ...node, ports: node.ports.filter(({ view }) => suits(view)) }))
    .filter(({ ports }) => ports.length > 0)
    .flatMap((node): AllocationPick[] => [
      {
        label: node.own ? node.name : `${node.name} · ${node.workspace}`,
        kind: vscode.QuickPickItemKind.Separator,
      },
      ...node.ports.map(({ view }) => ({
        label: view.service,
        description: rowText(view, Date.now()),
        view,
      })),
    ]);
}

/**
 * The folder of the row that a command was called on, the only one, or the one the user picks.
 * Errors: `invalid_argument` without a folder.
 */
export async function pickFolder(
  services: Services,
  title: string,
  passed?: unknown,
): Promise<OwnFolder | undefined> {
  const folders = await services.folders.settled();
  const named = isRecord(passed)
    ? folders.find(({ workspace }) => workspace === passed.workspace)
    : undefined;
  if (named !== undefined) {
    return named;
  }
  const [only, second] = folders;
  if (only === undefined) {
    throw new StyxyError('invalid_argument', t('Ports belong to folders: open a folder first.'));
  }
  if (second === undefined) {
    return only;
  }
  const items = folders.map((folder) => ({
    label: folder.name,
    description: folder.path,
    iconPath: vscode.ThemeIcon.Folder,
    folder,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: t('Which folder is the port for?'),
    matchOnDescription: true,
  });
  return picked?.folder;
}

/** The canonical paths of this window's folders, which requests carry. */
export async function ownWorkspaces(services: Services): Promise<readonly string[]> {
  return (await services.folders.settled()).map(({ workspace }) => workspace);
}

/** The name in this window's explorer, else the folder's own. */
export function placeName(services: Services, workspace: string): string {
  return services.folders.find(workspace)?.name ?? folderName(workspace);
}

interface OpenQuestion<Item extends vscode.QuickPickItem> {
  readonly title: string;
  readonly placeHolder: string;
  readonly items: readonly Item[];
  readonly matchOn: 'description' | 'detail';
  /** Items that the typed text stands for, beside the fixed ones. */
  readonly typed: (text: string) => readonly Item[];
}

/** Offers a list to which the user may add by typing. Undefined when nothing was picked. */
export function pickOrType<Item extends vscode.QuickPickItem>(
  question: OpenQuestion<Item>,
): Promise<Item | undefined> {
  const { title, placeHolder, items, matchOn, typed } = question;
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = title;
  pick.placeholder = placeHolder;
  pick.matchOnDescription = matchOn === 'description';
  pick.matchOnDetail = matchOn === 'detail';
  pick.items = items;
  pick.onDidChangeValue((value) => {
    pick.items = [...items, ...typed(value.trim())];
  });
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}
