import { createRequire } from 'node:module';

/** Loads a CommonJS module by its absolute path, which no bundler follows. Errors: Node's own. */
export function loadModule(path: string): unknown {
  return createRequire(path)(path);
}
