import type { EpochFolder } from '../../../src/core/host/interfaces';

/** Another one with some of its methods replaced; they need no `this`. */
export function replacing(real: EpochFolder, parts: Partial<EpochFolder>): EpochFolder {
  return new Proxy(real, {
    get: (_, name): unknown => {
      if (Object.hasOwn(parts, name)) {
        return Reflect.get(parts, name);
      }
      const value: unknown = Reflect.get(real, name);
      return typeof value === 'function' ? value.bind(real) : value;
    },
  });
}
