import { runMocha } from '../support/host/runMocha';
import { requireEnv } from './support';

/** What an editor calls in its extension host. The window that is open decides what is tested. */
export function run(): Promise<void> {
  const suite = requireEnv('STYXY_HOST_SUITE');
  return runMocha({
    repository: requireEnv('STYXY_REPOSITORY'),
    load: () => (suite === 'workspace' ? import('./workspace') : import('./folder')),
  });
}
