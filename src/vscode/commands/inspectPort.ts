import { t } from '@vscode/l10n';
import { isTcpPort } from '../../core/domain/names';
import type { Services } from '../window/services';
import {
  allocationItems,
  type AllocationPick,
  listNow,
  pickOrType,
  readTarget,
} from '../prompts/pick';

/** Opens the page of one port: a row's, a picked one's, or any that the user types. */
export async function inspectPort(services: Services, passed: unknown): Promise<void> {
  const port = (await passedPort(services, passed)) ?? (await pickPort(services));
  if (port !== undefined) {
    await services.inspector.show(port);
  }
}

async function passedPort(services: Services, passed: unknown): Promise<number | undefined> {
  const target = readTarget(passed);
  if (target?.id === undefined) {
    return target?.port;
  }
  const known = services.connection.snapshot?.allocations.find(({ id }) => id === target.id);
  return known?.port;
}

interface PortPick extends AllocationPick {
  readonly port?: number;
}

async function pickPort(services: Services): Promise<number | undefined> {
  const title = t('Inspect Port');
  const shown = await listNow(services, title);
  const known: PortPick[] = allocationItems(services, shown).map((item) =>
    item.view === undefined ? item : { ...item, port: item.view.port },
  );
  const picked = await pickOrType({
    title,
    placeHolder: t('Pick a port, or type any number'),
    items: known,
    matchOn: 'description',
    typed: (text) => {
      const typed = typedPort(text);
      const isKnown = shown.allocations.some(({ port }) => port === typed);
      return typed === undefined || isKnown ? [] : [typedItem(typed)];
    },
  });
  return picked?.port;
}

/** The port that a text names, if it is one. */
export function typedPort(text: string): number | undefined {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && isTcpPort(port) ? port : undefined;
}

function typedItem(port: number): PortPick {
  return {
    label: t('Port {0}', port),
    description: t('not allocated'),
    alwaysShow: true,
    port,
  };
}
