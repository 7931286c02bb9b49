/** What the launchers of the command line start: the editor's own Node with the bundled CLI. */
export interface ShimTarget {
  /** The editor's executable, which is Node when `ELECTRON_RUN_AS_NODE` is set. */
  readonly node: string;
  readonly cli: string;
}

export interface ShimFile {
  readonly name: string;
  readonly content: string;
}

/** The launchers of `styxy` for a system; on Windows also one for shells of the Unix kind. */
export function shimFiles(target: ShimTarget, platform: NodeJS.Platform): readonly ShimFile[] {
  const posix = { name: 'styxy', content: posixScript(target) };
  return platform === 'win32'
    ? [{ name: 'styxy.cmd', content: batchScript(target) }, posix]
    : [posix];
}

function posixScript({ node, cli }: ShimTarget): string {
  return [
    '#!/bin/sh',
    "# Styxy's command line, run by the editor's own Node. Written anew when that moves.",
    `ELECTRON_RUN_AS_NODE=1 exec ${quoted(node)} ${quoted(cli)} "$@"`,
    '',
  ].join('\n');
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

function batchScript({ node, cli }: ShimTarget): string {
  const literal = (path: string): string => `"${path.replaceAll('%', '%%')}"`;
  return [
    '@echo off',
    'setlocal',
    'set ELECTRON_RUN_AS_NODE=1',
    `${literal(node)} ${literal(cli)} %*`,
    '',
  ].join('\r\n');
}
