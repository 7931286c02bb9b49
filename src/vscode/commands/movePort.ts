import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import type { AllocationView } from '../../core/domain/model';
import { MAX_PORT, MIN_PORT, isPort } from '../../core/domain/names';
import { processText } from '../../core/domain/text';
import type { Services } from '../window/services';
import { heldBy, placesText } from '../text/sharing';
import { confirm } from '../window/messages';
import { placeName, targetOf } from '../prompts/pick';
import { move } from '../prompts/changePort';

/** Gives a service another port, in one step, and says from where to where. */
export async function movePort(services: Services, passed: unknown): Promise<void> {
  const title = t('Move Port');
  const view = await targetOf(services, passed, { title });
  if (view === undefined || !(await mayMove(services, view))) {
    return;
  }
  const port = await askPort(title, view);
  if (port !== undefined) {
    await move(services, view.id, port);
  }
}

async function askPort(title: string, view: AllocationView): Promise<number | undefined> {
  const listens =
    view.state === 'listening'
      ? ` ${t(
          '{0} goes on listening on {1} until you restart it.',
          processText(view.process),
          view.port,
        )}`
      : '';
  const text = await vscode.window.showInputBox({
    title,
    prompt: t('New port of {0}, now {1}.', view.service, view.port) + listens,
    placeHolder: t('{0} to {1}', MIN_PORT, MAX_PORT),
    validateInput: (value) => portProblem(value, view.port),
  });
  return text === undefined ? undefined : Number(text.trim());
}

function portProblem(value: string, current: number): string | undefined {
  const text = value.trim();
  const port = Number(text);
  if (!/^\d+$/.test(text) || !isPort(port)) {
    return t('Enter a number from {0} to {1}.', MIN_PORT, MAX_PORT);
  }
  return port === current ? t('It has this port already.') : undefined;
}

/** Asks before something moves that others have too. */
export async function mayMove(services: Services, view: AllocationView): Promise<boolean> {
  const others = heldBy(view, view);
  const isOwn = services.folders.find(view.workspace) !== undefined;
  if (isOwn && others.length === 0) {
    return true;
  }
  const detail = [
    ...(isOwn ? [] : [t('It belongs to the workspace {0}.', view.workspace)]),
    ...(others.length === 0 ? [] : [t('It is shared, and moves for {0} too.', placesText(others))]),
  ];
  const place = placeName(services, view.workspace);
  const question = t('Move port {0} of {1} in {2}?', view.port, view.service, place);
  return confirm('Warning', question, detail.join('\n'), t('Move'));
}
