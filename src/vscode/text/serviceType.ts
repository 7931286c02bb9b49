import { t } from '@vscode/l10n';
import type { ServiceType } from '../../core/domain/catalogue';
import type { TypeFigures } from './serviceTypes';

/** `3000-3099 · 4 of 100 used`, and what is special about the type: the same in view and pick. */
export function typeText(type: ServiceType, figures: TypeFigures): string {
  const { first, last } = type.range;
  const reserved = figures.reserved.length;
  return [
    t('{0}-{1} · {2} of {3} used', first, last, figures.used, figures.size),
    ...sharingText(type),
    ...(type.origin === 'auto-allocated' ? [t('auto-allocated')] : []),
    ...(reserved === 0 ? [] : [t('{0} reserved', reserved)]),
  ].join(' · ');
}

/** The row in words, for those who hear it. */
export function typeLabel(type: ServiceType, figures: TypeFigures): string {
  const { first, last } = type.range;
  const reserved = figures.reserved.length;
  return [
    t('{0}, ports {1} to {2}', type.name, first, last),
    t('{0} of {1} used', figures.used, figures.size),
    ...sharingText(type),
    originText(type),
    ...(reserved === 0 ? [] : [t('{0} reserved', reserved)]),
  ].join(', ');
}

function sharingText({ instanceBehavior }: ServiceType): string[] {
  switch (instanceBehavior) {
    case 'multi':
      return [];
    case 'single':
      return [t('shared')];
    case 'single_per_service':
      return [t('shared by name')];
  }
}

/** What sharing means, in one sentence; undefined for ordinary types. */
export function sharingSentence({ instanceBehavior }: ServiceType): string | undefined {
  switch (instanceBehavior) {
    case 'multi':
      return undefined;
    case 'single':
      return t('Shared: all workspaces get the same port.');
    case 'single_per_service':
      return t('Shared by name: all workspaces get the same port for the same service name.');
  }
}

export function originText({ origin }: ServiceType): string {
  switch (origin) {
    case 'built-in':
      return t('built in');
    case 'configured':
      return t('configured');
    case 'auto-allocated':
      return t('auto-allocated');
  }
}

/** `4045 (browsers refuse it), 4050 (printer)`. */
export function reservedText({ reserved }: TypeFigures): string {
  return reserved
    .map(({ port, name }) => `${port} (${name ?? t('browsers refuse it')})`)
    .join(', ');
}
