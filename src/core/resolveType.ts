import { serviceTypeOf, type Catalogue, type ServiceType } from './catalogue';
import type { StyxyError } from './errors';
import { noServiceType, unknownServiceType } from './refusals';
import { nearest } from './similar';

/**
 * The type of a service that has no allocation: the one asked for, else the one it had last (if
 * the catalogue still has it), else the one of its own name. `invalid_argument` if none of them.
 */
export function resolveServiceType(
  catalogue: Catalogue,
  service: string,
  asked: string | undefined,
  last: string | undefined,
): ServiceType | StyxyError {
  const known = [...catalogue.keys()];
  if (asked !== undefined) {
    return (
      serviceTypeOf(catalogue, asked) ?? unknownServiceType(asked, known, nearest(asked, known))
    );
  }
  return (
    (last === undefined ? undefined : serviceTypeOf(catalogue, last)) ??
    serviceTypeOf(catalogue, service) ??
    noServiceType(service, known, nearest(service, known))
  );
}
