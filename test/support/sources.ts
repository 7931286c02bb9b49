import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { REPOSITORY } from './manifest';

/** A TypeScript file of the repository, parsed. */
export interface Source {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

/** Every TypeScript file below a folder of the repository. */
export function sourcesBelow(folder: string): readonly Source[] {
  const root = join(REPOSITORY, folder);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => source(relative(REPOSITORY, join(root, name))));
}

export function source(path: string): Source {
  const text = readFileSync(join(REPOSITORY, path), 'utf8');
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true) };
}

/** Where user text is made that is no literal, and so cannot be collected. */
export interface Texts {
  readonly messages: ReadonlySet<string>;
  readonly notLiteral: readonly string[];
}

/** What `t('...')` of `@vscode/l10n` says in these files. */
export function userTexts(sources: readonly Source[]): Texts {
  const messages = new Set<string>();
  const notLiteral: string[] = [];
  for (const { path, tree } of sources) {
    visit(tree, (node) => {
      if (!ts.isCallExpression(node) || !/^(.*\bl10n\.)?t$/.test(node.expression.getText())) {
        return;
      }
      const [first] = node.arguments;
      if (first !== undefined && ts.isStringLiteralLike(first)) {
        messages.add(first.text);
      } else {
        const { line } = tree.getLineAndCharacterOfPosition(node.getStart());
        notLiteral.push(`${path}:${line + 1}`);
      }
    });
  }
  return { messages, notLiteral };
}

/** Every string literal in these files. */
export function stringLiterals(sources: readonly Source[]): ReadonlySet<string> {
  const literals = new Set<string>();
  for (const { tree } of sources) {
    visit(tree, (node) => {
      if (ts.isStringLiteralLike(node)) {
        literals.add(node.text);
      }
    });
  }
  return literals;
}

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  node.forEachChild((child) => visit(child, look));
}
