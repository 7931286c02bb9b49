import { describePair } from '../domain/describe';
import { isPort } from '../domain/names';
import { pairKey, pairsOf } from '../domain/model';
import { ANSWERED_LIMIT, HISTORY_LIMIT, MEMORY_LIMIT, type State } from './state';

/** What is wrong with a state; empty for every state that `apply` and `fromBody` make. */
export function invariants(state: State): readonly string[] {
  const problems: string[] = [];
  const expect = (holds: boolean, problem: string): void => {
    if (!holds) {
      problems.push(problem);
    }
  };
  let pairs = 0;
  let groups = 0;
  for (const [id, allocation] of state.allocations.entries()) {
    const { port, group } = allocation;
    expect(allocation.id === id, `allocation ${allocation.id} is filed as ${id}`);
    expect(isPort(port), `${id} has port ${port}`);
    expect(state.byPort.get(port) === id, `port ${port} does not lead to ${id}`);
    for (const pair of pairsOf(allocation)) {
      pairs += 1;
      const leads = state.byPair.get(pairKey(pair)) === id;
      expect(leads, `${describePair(pair)} does not lead to ${id}`);
    }
    groups += group === undefined ? 0 : 1;
    expect(group === undefined || state.byGroup.get(group) === id, `${group} is not ${id}`);
    expect(!state.cooling.has(port), `port ${port} is allocated and cools`);
  }
  expect(state.byPort.size === state.allocations.size, 'two allocations share a port');
  expect(state.byPair.size === pairs, 'pairs and their index differ');
  expect(state.byGroup.size === groups, 'groups and their index differ');
  let links = 0;
  for (const [port, pairs] of state.rememberedBy.entries()) {
    links += pairs.length;
    for (const pair of pairs) {
      expect(state.memory.get(pair)?.port === port, `port ${port} is not remembered by ${pair}`);
    }
  }
  expect(links === state.memory.size, 'memory and its index differ');
  expect(state.memory.size <= MEMORY_LIMIT, 'too much memory');
  expect(state.answered.size <= ANSWERED_LIMIT, 'too many answers');
  expect(state.history.length <= HISTORY_LIMIT, 'too much history');
  return problems;
}
