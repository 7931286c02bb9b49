import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../../../scripts/cache.mjs';
import type { WorkbenchWindow } from '../../support/workbench';
import type { PictureOptions } from '../../support/workbench/pictures';

/** The pictures of the README. */
const PICTURES = ['workspaces', 'statusbar', 'allocate', 'inspect'] as const;
export type Picture = (typeof PICTURES)[number];

function fileOf(picture: Picture): string {
  return join(REPOSITORY, 'docs/images', `${picture}.png`);
}

async function isWanted(picture: Picture): Promise<boolean> {
  if (process.env.STYXY_PICTURES === '1') {
    return true;
  }
  try {
    await access(fileOf(picture));
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return true;
    }
    throw error;
  }
}

/** Whether any picture will be taken in this run. */
export async function picturesWanted(): Promise<boolean> {
  return (await Promise.all(PICTURES.map(isWanted))).includes(true);
}

export interface ReadmePicture extends PictureOptions {
  /** Of the window while the picture is taken, in pixels of the page. */
  readonly size?: { readonly width: number; readonly height: number };
  /** What a person would do for a good picture, at that size. */
  readonly prepare?: () => Promise<void>;
}

/**
 * Writes a picture of the README if it is missing or `STYXY_PICTURES=1` asks for it: every run
 * would write other bytes. What it shows must have been asserted before.
 */
export async function picture(
  window: WorkbenchWindow,
  name: Picture,
  { size, prepare, ...options }: ReadmePicture = {},
): Promise<void> {
  if (!(await isWanted(name))) {
    return;
  }
  const before = window.page.viewportSize();
  if (size !== undefined) {
    await window.page.setViewportSize(size);
  }
  await prepare?.();
  await window.screenshot(fileOf(name), options);
  if (before !== null) {
    await window.page.setViewportSize(before);
  }
}
