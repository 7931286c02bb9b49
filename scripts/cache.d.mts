export const REPOSITORY: string;
export function installOnce(
  name: string,
  log: (message: string) => void,
  install: (folder: string) => Promise<void>,
): Promise<string>;
export function npmInstall(cwd: string, ...packages: readonly string[]): Promise<void>;
export function runNpm(args: readonly string[], options: { readonly cwd: string }): Promise<void>;
