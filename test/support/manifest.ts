import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const REPOSITORY = join(__dirname, '..', '..');

interface Command {
  readonly command: string;
  readonly title: string;
  readonly category?: string;
  readonly icon?: string;
  readonly enablement?: string;
}

interface MenuItem {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}

interface Setting {
  readonly type?: string;
  readonly default?: unknown;
  readonly markdownDescription?: string;
  readonly order?: number;
  readonly scope?: string;
}

/** The parts of package.json that tests look at. */
export interface Manifest {
  readonly icon: string;
  readonly keywords: readonly string[];
  readonly categories: readonly string[];
  readonly main: string;
  readonly l10n: string;
  readonly activationEvents: readonly string[];
  readonly extensionKind: readonly string[];
  readonly galleryBanner: { readonly color: string; readonly theme: string };
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly supported: unknown; readonly description: string };
    readonly virtualWorkspaces: { readonly supported: unknown; readonly description: string };
  };
  readonly contributes: {
    readonly commands: readonly Command[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly viewsContainers: {
      readonly activitybar: readonly { readonly id: string; readonly icon: string }[];
    };
    readonly views: Readonly<
      Record<
        string,
        readonly { readonly id: string; readonly name: string; readonly icon: string }[]
      >
    >;
    readonly viewsWelcome: readonly {
      readonly view: string;
      readonly contents: string;
      readonly when: string;
    }[];
    readonly walkthroughs: readonly {
      readonly steps: readonly {
        readonly id: string;
        readonly description: string;
        readonly completionEvents: readonly string[];
        readonly media: { readonly svg: string; readonly altText: string };
      }[];
    }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
  };
}

export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(REPOSITORY, path), 'utf8')) as T;
}

export const manifest = readJson<Manifest>('package.json');
export const nls = readJson<Record<string, string>>('package.nls.json');

/** A text of the manifest as the user reads it. */
export function translated(text: string): string {
  const key = /^%(.+)%$/.exec(text)?.[1];
  return key === undefined ? text : (nls[key] ?? `missing: ${key}`);
}
