/**
 * Leading, and answering look-ups while nothing can lead, on the calling thread. All of the engine
 * comes with it: a window, which leads in a worker, loads it only if that fails.
 */
import { Term } from '../leader/term';
import type { NodeTools } from '../node/campaign';
import { termTools, type LeadingOptions, type Machine } from './adapters';
import { readOnlyService } from './readOnlyService';

export type InlineHost = Pick<NodeTools, 'host' | 'readOnly'>;

export async function inlineHost(machine: Machine, options: LeadingOptions): Promise<InlineHost> {
  const tools = await termTools(machine, options);
  return {
    host: { start: (candidacy) => Term.begin(tools, candidacy) },
    readOnly: (self, problem) => readOnlyService(tools, self, problem),
  };
}
