/**
 * Visits every world that can be reached, each once, in order of distance, so that the trace to a
 * broken promise is a shortest one.
 */
import { candidateSteps, standing } from './candidate';
import { commitSteps } from './commit';
import { leadingSteps } from './leader';
import { refusedSteps, checkpointStep, tidyStep } from './upkeep';
import { crashes, vandals } from './faults';
import { reached } from './reached';
import { broken } from './promises';
import { Codec } from './codec';
import { begin } from './begin';
import type { Next, Setup, World } from './world';

export interface Exploration {
  readonly states: number;
  readonly seconds: number;
  /** Phases, endings and turns that were reached. */
  readonly reached: ReadonlySet<string>;
  readonly violation?: { readonly what: string; readonly trace: readonly string[] };
}

interface Turn {
  readonly who: string;
  readonly next: Next;
}

/** Everything that may happen next in a world. */
function* turns(setup: Setup, world: World): Generator<Turn> {
  for (const who of world.processes.keys()) {
    for (const next of processSteps(setup, world, who)) {
      yield { who: NAMES[who] ?? '', next };
    }
  }
  for (const next of vandals(world)) {
    yield { who: 'Somebody', next };
  }
}

const NAMES = ['Ann', 'Bob', 'Cid', 'Dan'];

function* processSteps(setup: Setup, world: World, who: number): Generator<Next> {
  if (world.processes[who]?.doing.at === 'idle') {
    yield standing(setup, world, who);
  }
  yield* candidateSteps(setup, world, who);
  yield* leadingSteps(setup, world, who);
  yield* commitSteps(setup, world, who);
  yield* refusedSteps(setup, world, who);
  for (const next of [tidyStep(world, who), checkpointStep(setup, world, who)]) {
    if (next !== undefined) {
      yield next;
    }
  }
  yield* crashes(world, who);
}

export function explore(setup: Setup): Exploration {
  reached.clear();
  const started = performance.now();
  const codec = new Codec(setup.processes);
  const sound = new Set<string>();
  const first = codec.encode(begin(setup));
  const keys = [first];
  const parents = [-1];
  const visited = new Set(keys);
  const result = () => ({
    states: visited.size,
    reached: new Set(reached),
    seconds: (performance.now() - started) / 1000,
  });
  for (let index = 0; index < keys.length; index++) {
    const world = codec.decode(keys[index] ?? first);
    for (const { next } of turns(setup, world)) {
      const key = codec.encode(next.world);
      const isNew = !visited.has(key);
      if (isNew) {
        visited.add(key);
        keys.push(key);
        parents.push(index);
      }
      const what =
        next.violation ?? (isNew ? brokenOnce(setup, next.world, key, sound) : undefined);
      if (what !== undefined) {
        const path = [key, ...pathTo(index, keys, parents)].reverse();
        return { ...result(), violation: { what, trace: retell(setup, codec, path) } };
      }
    }
  }
  return result();
}

/** The promises depend on files and clients only; each such part of a world is judged once. */
function brokenOnce(
  setup: Setup,
  world: World,
  key: string,
  sound: Set<string>,
): string | undefined {
  const part = key.slice(0, 4);
  if (sound.has(part)) {
    return undefined;
  }
  const what = broken(setup, world);
  if (what === undefined) {
    sound.add(part);
  }
  return what;
}

function pathTo(index: number, keys: readonly string[], parents: readonly number[]): string[] {
  const path: string[] = [];
  for (let at = index; at >= 0; at = parents[at] ?? -1) {
    path.push(keys[at] ?? '');
  }
  return path;
}

/** Goes the path once more with processes that keep their names, to tell who did what. */
function retell(setup: Setup, codec: Codec, path: readonly string[]): string[] {
  let world = begin(setup);
  return path.slice(1).map((key) => {
    for (const { who, next } of turns(setup, world)) {
      if (codec.encode(next.world) === key) {
        world = next.world;
        return `${who} ${next.label}`;
      }
    }
    throw new Error('The path cannot be gone again.');
  });
}
