import * as vscode from 'vscode';
import { StyxyError } from '../../core/errors';
import type { AllocationView } from '../../core/model';
import { urlOf } from '../serviceTypes';
import type { Services } from '../services';
import { targetOf } from './pick';

const MESSAGE_MS = 3_000;

export async function copyPort(services: Services, passed: unknown): Promise<void> {
  const view = await targetOf(services, passed, { title: vscode.l10n.t('Copy Port') });
  if (view !== undefined) {
    await copy(String(view.port));
  }
}

export async function copyUrl(services: Services, passed: unknown): Promise<void> {
  const view = await targetOf(services, passed, {
    title: vscode.l10n.t('Copy URL'),
    suits: hasUrl,
  });
  if (view !== undefined) {
    await copy(requireUrl(view));
  }
}

export async function openInBrowser(services: Services, passed: unknown): Promise<void> {
  const title = vscode.l10n.t('Open in Browser');
  const view = await targetOf(services, passed, { title, suits: hasUrl });
  if (view !== undefined) {
    await vscode.env.openExternal(vscode.Uri.parse(requireUrl(view)));
  }
}

async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t('Copied {0}', text)}`, MESSAGE_MS);
}

function hasUrl(view: AllocationView): boolean {
  return urlOf(view) !== undefined;
}

function requireUrl(view: AllocationView): string {
  const url = urlOf(view);
  if (url === undefined) {
    throw new StyxyError(
      'invalid_argument',
      vscode.l10n.t(
        '{0} is of the type {1}, which no browser opens. Copy its port instead.',
        view.service,
        view.serviceType,
      ),
    );
  }
  return url;
}
