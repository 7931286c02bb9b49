import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { StyxyError } from '../../core/domain/errors';
import type { AllocationView } from '../../core/domain/model';
import { serviceTypesOf, urlOf } from '../text/serviceTypes';
import type { Services } from '../window/services';
import { targetOf } from '../prompts/pick';

const MESSAGE_MS = 3_000;

export async function copyPort(services: Services, passed: unknown): Promise<void> {
  const view = await targetOf(services, passed, { title: t('Copy Port') });
  if (view !== undefined) {
    await copy(String(view.port));
  }
}

export async function copyUrl(services: Services, passed: unknown): Promise<void> {
  const view = await targetOf(services, passed, {
    title: t('Copy URL'),
    suits: (each) => urlHere(services, each) !== undefined,
  });
  if (view !== undefined) {
    await copy(requireUrl(services, view));
  }
}

export async function openInBrowser(services: Services, passed: unknown): Promise<void> {
  const view = await targetOf(services, passed, {
    title: t('Open in Browser'),
    suits: (each) => urlHere(services, each) !== undefined,
  });
  if (view !== undefined) {
    await vscode.env.openExternal(vscode.Uri.parse(requireUrl(services, view)));
  }
}

async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(`$(check) ${t('Copied {0}', text)}`, MESSAGE_MS);
}

function urlHere({ connection }: Services, view: AllocationView): string | undefined {
  return urlOf(view, serviceTypesOf(connection.snapshot));
}

function requireUrl(services: Services, view: AllocationView): string {
  const url = urlHere(services, view);
  if (url === undefined) {
    throw new StyxyError(
      'invalid_argument',
      t(
        '{0} is of the type {1}, which no browser opens. Copy its port instead.',
        view.service,
        view.serviceType,
      ),
    );
  }
  return url;
}
