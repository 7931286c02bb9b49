import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { type StyxyError, type StyxyErrorCode, toStyxyError } from '../../core/domain/errors';
import { command, offer, type Step } from '../window/messages';

/** Shows an error as its message, with the step that most likely helps. Cancelling says nothing. */
export async function showProblem(thrown: unknown, log: vscode.LogOutputChannel): Promise<void> {
  const error = toStyxyError(thrown);
  if (error.code === 'cancelled') {
    return;
  }
  log.warn(`${error.code}: ${error.message}`);
  const step = NEXT_STEPS[error.code](error);
  await offer('Error', error.message, ...(step === undefined ? [] : [step]));
}

const NEXT_STEPS: Readonly<Record<StyxyErrorCode, (error: StyxyError) => Step | undefined>> = {
  invalid_argument: nothing,
  invalid_config: openFile,
  no_port_available: showPorts,
  port_in_use: inspect,
  port_reserved: inspect,
  allocation_not_found: showPorts,
  not_holder: showPorts,
  leader_unavailable: showLog,
  leadership_lost: showLog,
  protocol_mismatch: showLog,
  timeout: showLog,
  storage_unavailable: showLog,
  storage_corrupt: showLog,
  storage_newer: showLog,
  permission_denied: showLog,
  untrusted_workspace: manageTrust,
  cancelled: nothing,
  internal: showLog,
};

function nothing(): undefined {
  return undefined;
}

function showLog(): Step {
  return { title: t('Show Log'), run: command('_styxy.showLog') };
}

function showPorts(): Step {
  return { title: t('Show Ports'), run: command('styxy.workspaces.focus') };
}

function manageTrust(): Step {
  return { title: t('Manage Workspace Trust'), run: command('workbench.trust.manage') };
}

function inspect({ details }: StyxyError): Step | undefined {
  const { port, held } = details;
  if (typeof port !== 'number') {
    return held === undefined ? undefined : showPorts();
  }
  return inspectStep(port);
}

export function inspectStep(port: number): Step {
  return { title: t('Inspect Port {0}', port), run: command('styxy.inspectPort', { port }) };
}

function openFile({ details }: StyxyError): Step | undefined {
  const { file } = details;
  if (typeof file !== 'string') {
    return undefined;
  }
  return {
    title: t('Open File'),
    run: () => vscode.window.showTextDocument(vscode.Uri.file(file)),
  };
}
