/** A folder of the window as people and tasks name it. */
export interface FolderName {
  /** The name in the explorer, which `args.folder` uses. */
  readonly name: string;
  /** The path as the editor writes it. */
  readonly path: string;
  /** The canonical absolute path: the workspace of Styxy. */
  readonly workspace: string;
}

export type FolderChoice<Folder extends FolderName> =
  | { readonly kind: 'chosen'; readonly folder: Folder }
  | { readonly kind: 'no-folder' }
  | { readonly kind: 'unknown-name'; readonly named: string }
  | { readonly kind: 'two-of-that-name'; readonly named: string }
  | { readonly kind: 'ambiguous' };
