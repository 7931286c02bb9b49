/** The state and its events: what the coordinator keeps, commits and recovers. */
export { apply } from './apply';
export {
  allocationAt,
  allocationOf,
  emptyState,
  historyOf,
  listAllocations,
  suspected,
  type State,
} from './state';
export { fromBody, toBody, type Decoded, type StateBody } from './encode';
