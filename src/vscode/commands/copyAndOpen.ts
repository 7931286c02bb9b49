import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { StyxyError } from '../../core/domain/errors';
import type { AllocationView } from '../../core/domain/model';
import { serviceTypesOf, urlOf } from '../text/serviceTypes';
import type { Services } from '../window/services';
import { confirmDone } from '../window/messages';
import { targetOf } from '../prompts/pick';

export async function copyPort(services: Services, passed: unknown): Promise<void> {
  const view = await targetOf(services, passed, { title: t('Copy Port') });
  if (view !== undefined) {
    await copy(String(view.port));
  }
}

export async function copyUrl(services: Services, passed: unknown): Promise<void> {
  const url = await pickUrl(services, passed, t('Copy URL'));
  if (url !== undefined) {
    await copy(url);
  }
}

export async function openInBrowser(services: Services, passed: unknown): Promise<void> {
  const url = await pickUrl(services, passed, t('Open in Browser'));
  if (url !== undefined) {
    await vscode.env.openExternal(vscode.Uri.parse(url));
  }
}

/** Errors: `invalid_argument` for a port that no browser opens. */
async function pickUrl(
  services: Services,
  passed: unknown,
  title: string,
): Promise<string | undefined> {
  const types = serviceTypesOf(services.connection.snapshot);
  const suits = (view: AllocationView): boolean => urlOf(view, types) !== undefined;
  const view = await targetOf(services, passed, { title, suits });
  const url = view && urlOf(view, serviceTypesOf(services.connection.snapshot));
  if (view !== undefined && url === undefined) {
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

async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  confirmDone(t('Copied {0}', text), 3_000);
}
