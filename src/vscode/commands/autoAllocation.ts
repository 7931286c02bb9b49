import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { isRecord } from '../../core/domain/errors';
import { ask } from '../window/request';
import { figuresOf, serviceTypesOf, typeText } from '../text/serviceTypes';
import type { Services } from '../window/services';
import { confirm, confirmDone } from '../window/messages';
import { listNow } from '../prompts/pick';

export async function setAutoAllocation(services: Services, enabled: boolean): Promise<void> {
  const title = enabled ? t('Enable Auto-Allocation') : t('Disable Auto-Allocation');
  await ask(services.connection, title, 'setAutoAllocation', { enabled });
  confirmDone(
    enabled
      ? t('Auto-allocation is on: new types get ranges of their own.')
      : t('Auto-allocation is off: only types that are declared get ports.'),
  );
}

/** Takes back the range of one type, a row's or a picked one, after asking. */
export async function undoAutoAllocation(services: Services, passed: unknown): Promise<void> {
  const title = t('Undo Auto-Allocation');
  const serviceType = passedType(passed) ?? (await pickType(services, title));
  if (serviceType === undefined || !(await confirmed(services, serviceType))) {
    return;
  }
  const { range } = await ask(services.connection, title, 'undoAutoAllocation', { serviceType });
  confirmDone(t('The range {0}-{1} of {2} is taken back.', range.first, range.last, serviceType));
}

/** Of a row of the tree, or the `{ serviceType }` of a link. */
function passedType(passed: unknown): string | undefined {
  if (!isRecord(passed)) {
    return undefined;
  }
  const name = isRecord(passed.type) ? passed.type.name : passed.serviceType;
  return typeof name === 'string' ? name : undefined;
}

async function pickType(services: Services, title: string): Promise<string | undefined> {
  const shown = await listNow(services, title);
  const items = serviceTypesOf(shown)
    .filter(({ origin }) => origin === 'auto-allocated')
    .map((type) => ({
      label: type.name,
      description: typeText(type, figuresOf(type, shown)),
    }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(
      t('No type has a range that Styxy found: there is nothing to undo.'),
    );
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: t('Whose range is to be taken back?'),
  });
  return picked?.label;
}

function confirmed({ connection }: Services, name: string): Promise<boolean> {
  const range = serviceTypesOf(connection.snapshot).find((each) => each.name === name)?.range;
  const detail = [
    ...(range === undefined
      ? []
      : [t('Others may get the ports {0} to {1}.', range.first, range.last)]),
    t('The type is unknown then.'),
  ].join(' ');
  return confirm('Warning', t('Take back the range of {0}?', name), detail, t('Take Back'));
}
