import { basename, dirname, relative } from 'node:path';
import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { StyxyError } from '../../core/domain/errors';
import { fileExists } from '../window/messages';
import { listNow, pickFolder } from '../prompts/pick';
import type { OwnFolder } from '../window/folders';
import type { Services } from '../window/services';
import { seenFromAll } from '../text/sharing';
import { requirePlanTrust } from './allocatePlan';
import { openPlan, planUri } from '../plan/planNotices';
import { planText } from '../proposal/planText';
import {
  type FolderContent,
  type Origin,
  type Proposal,
  proposeServices,
} from '../proposal/propose';

/** A folder with more has no plan that fits into one file anyway. */
const MAX_PACKAGES = 20;
/** Longer files are not read for a proposal. */
const MAX_BYTES = 1024 * 1024;

/** Writes a plan from what the folder contains, after asking which services it has. */
export async function createPlan(services: Services, passed: unknown): Promise<void> {
  const title = t('Create Plan');
  requirePlanTrust();
  const folder = await pickFolder(services, title, passed);
  if (folder === undefined) {
    return;
  }
  if (await fileExists(planUri(folder))) {
    await openExisting(folder);
    return;
  }
  const proposals = proposeServices(await contentOf(services, folder, title));
  const picked = proposals.length === 0 ? [] : await pickProposals(title, proposals);
  if (picked === undefined) {
    return;
  }
  await create(folder, planText(picked));
}

async function openExisting(folder: OwnFolder): Promise<void> {
  await openPlan(folder);
  void vscode.window.showInformationMessage(t('{0} has a plan already: this is it.', folder.name));
}

/** The editor's own buffers are not looked at: what counts is what is in the folder. */
async function create(folder: OwnFolder, text: string): Promise<void> {
  const uri = planUri(folder);
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(uri, { contents: new TextEncoder().encode(text), overwrite: false });
  if (await vscode.workspace.applyEdit(edit)) {
    await openPlan(folder);
    return;
  }
  if (await fileExists(uri)) {
    await openExisting(folder);
    return;
  }
  throw new StyxyError(
    'storage_unavailable',
    t('{0} could not be written. Is it read-only?', uri.fsPath),
    { details: { file: uri.fsPath } },
  );
}

const ORIGINS: Readonly<Record<Origin, () => string>> = {
  allocated: () => t('has a port already'),
  package: () => t('from package.json'),
  compose: () => t('from Compose'),
};

async function pickProposals(
  title: string,
  proposals: readonly Proposal[],
): Promise<readonly Proposal[] | undefined> {
  const items = proposals.map((proposal) => ({
    label: proposal.service,
    description: [proposal.type, ...(proposal.port === undefined ? [] : [proposal.port])].join(
      ' · ',
    ),
    detail: `${proposal.found} (${ORIGINS[proposal.origin]()})`,
    picked: true,
    proposal,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: t('Which services does this workspace have?'),
    canPickMany: true,
  });
  return picked?.map(({ proposal }) => proposal);
}

async function contentOf(
  services: Services,
  folder: OwnFolder,
  title: string,
): Promise<FolderContent> {
  const [{ allocations }, packages, compose] = await Promise.all([
    listNow(services, title),
    find(folder, '{package.json,*/package.json,*/*/package.json}'),
    find(folder, '{compose,docker-compose}*.{yml,yaml}'),
  ]);
  return {
    packages: packages.map(({ uri, text }) => {
      const inside = dirname(relative(folder.path, uri.fsPath));
      return { ...(inside === '.' ? {} : { folder: basename(inside) }), text };
    }),
    compose: compose.map(({ text }) => text),
    allocations: allocations
      .flatMap((view) => seenFromAll(view))
      .filter(({ workspace }) => workspace === folder.workspace),
  };
}

interface Found {
  readonly uri: vscode.Uri;
  readonly text: string;
}

/** In the order of their paths, the root's first. */
async function find({ path }: OwnFolder, glob: string): Promise<readonly Found[]> {
  const pattern = new vscode.RelativePattern(vscode.Uri.file(path), glob);
  const uris = await vscode.workspace.findFiles(pattern, '**/node_modules/**', MAX_PACKAGES);
  const depth = (uri: vscode.Uri): number => uri.path.split('/').length;
  uris.sort((a, b) => depth(a) - depth(b) || a.path.localeCompare(b.path));
  return (await Promise.all(uris.map(read))).filter((found) => found !== undefined);
}

async function read(uri: vscode.Uri): Promise<Found | undefined> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > MAX_BYTES) {
      return undefined;
    }
    const bytes = await vscode.workspace.fs.readFile(uri);
    return { uri, text: new TextDecoder().decode(bytes).replace(/^\uFEFF/, '') };
  } catch (thrown) {
    if (thrown instanceof vscode.FileSystemError) {
      return undefined;
    }
    throw thrown;
  }
}
