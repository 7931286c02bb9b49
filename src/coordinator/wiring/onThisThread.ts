/**
 * Leading, and answering look-ups while nobody can lead, on the calling thread. All of the engine
 * comes with it: a window, which leads in a worker, loads it only if that fails.
 */
import type { StyxyError } from '../../core/domain/errors';
import type { Participant } from '../../core/domain/model';
import type { LeaderHost, Offline } from '../node/leaderHost';
import type { Ground } from './ground';
import { InlineLeaderHost } from './inlineLeaderHost';
import { leadershipTools, type LeadingOptions } from './machine';
import { offline } from './readOnlyService';

export interface OnThisThread {
  readonly host: LeaderHost;
  /** Answers look-ups; `problem`: why nobody can lead. */
  offline(self: Participant, problem: StyxyError): Offline;
}

export async function onThisThread(ground: Ground, options: LeadingOptions): Promise<OnThisThread> {
  const tools = await leadershipTools(ground, options);
  return {
    host: new InlineLeaderHost(tools),
    offline: (self, problem) => offline(tools, self, problem),
  };
}
