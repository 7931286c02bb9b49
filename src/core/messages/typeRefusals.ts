/** Refusals about service types, their ranges and templates: see `refusals`. */
import type { PortRange } from '../domain/catalogue';
import { describePair, describeSome } from '../domain/describe';
import { StyxyError } from '../domain/errors';
import type { Allocation } from '../domain/model';
import { NAME_RULE } from '../domain/names';
import { invalidField } from './refusals';

export function invalidServiceType(value: unknown): StyxyError {
  return invalidField('serviceType', value, NAME_RULE, 'Choose a type such as "dev" or "api".');
}

/** Code `invalid_argument`: the type that was asked for is not in the catalogue. */
export function unknownServiceType(
  asked: string,
  known: readonly string[],
  meant: string | undefined,
): StyxyError {
  const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  return new StyxyError(
    'invalid_argument',
    `There is no service type "${asked}", and unknown ones get no range: auto-allocation is switched off.${hint} ` +
      `Choose one of: ${known.join(', ')}; or run "styxy config auto-allocation enable".`,
    { details: { field: 'serviceType', serviceType: asked, known, ...(meant ? { meant } : {}) } },
  );
}

/** Code `no_port_available`: there is no room for the range of a type that nobody declared. */
export function noRangeLeft(
  name: string,
  found: { readonly chunkSize: number; readonly bounds: PortRange; readonly why: string },
): StyxyError {
  const { chunkSize, bounds, why } = found;
  return new StyxyError(
    'no_port_available',
    `Nobody declared the type "${name}", and there is no room for ${chunkSize} ports between ${bounds.first} and ${bounds.last}: ${why}.`,
    { details: { serviceType: name, chunkSize, bounds } },
  );
}

export function invalidTemplate(value: unknown): StyxyError {
  return invalidField('template', value, NAME_RULE, 'Choose a template such as "main" or "dev".');
}

/** Code `invalid_argument`: the configuration has no such template. */
export function unknownTemplate(name: string, known: readonly string[]): StyxyError {
  return new StyxyError(
    'invalid_argument',
    `There is no template "${name}". Choose one of: ${known.join(', ')}; or add it to instance_templates in config.json.`,
    { details: { field: 'template', template: name, known } },
  );
}

/** Code `invalid_argument`: only ranges that Styxy found can be taken back. */
export function noAutoType(name: string, known: readonly string[]): StyxyError {
  const list =
    known.length === 0 ? 'There is none at the moment' : `There are: ${known.join(', ')}`;
  return new StyxyError('invalid_argument', `"${name}" is no auto-allocated type. ${list}.`, {
    details: { field: 'serviceType', serviceType: name, known },
  });
}

/** Code `port_in_use`: ports of the type are held. */
export function typeInUse(name: string, held: readonly Allocation[]): StyxyError {
  const ports = held.map((each) => `${each.port} by ${describePair(each)}`);
  return new StyxyError(
    'port_in_use',
    `The range of "${name}" cannot be taken back while ports of it are held: ${describeSome(ports, 5)}. Release them first.`,
    {
      details: {
        serviceType: name,
        held: held.map(({ id, port, service, workspace }) => ({ id, port, service, workspace })),
      },
    },
  );
}

/** Code `invalid_argument`: nothing says of which type the service is. */
export function noServiceType(
  service: string,
  known: readonly string[],
  meant: string | undefined,
): StyxyError {
  const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  return new StyxyError(
    'invalid_argument',
    `The service "${service}" has no type yet, and no type has that name.${hint} Name its type: ${known.join(', ')}.`,
    { details: { field: 'serviceType', service, known, ...(meant ? { meant } : {}) } },
  );
}
