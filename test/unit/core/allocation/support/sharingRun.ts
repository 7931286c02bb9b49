import assert from 'node:assert/strict';
import { holdersLeft } from '../../../../../src/core/allocation/holderChanges';
import type { Allocation, Pair } from '../../../../../src/core/domain/model';
import type { AllocateAnswer, PlanRequestService } from '../../../../../src/core/messages/requests';
import { Engine, participant, type Outcome } from './engine';
import { DECLARED, GAP, keyOf, RULES, urgency, type Step, type StepOf } from './sharingSteps';

/** What a shared allocation must look like: who holds it, for whom, in which order. */
interface Group {
  readonly id: string;
  owner: string;
  holders: { readonly window: string; readonly pair: string }[];
}

/** The engine, and by hand: which pair has what, who shares it, and what must not be given. */
export class SharingRun {
  readonly engine = new Engine();
  readonly seen = new Set<string>();
  private readonly groups = new Map<string, Group>();
  private readonly ids = new Set<string>();
  /** Ports that somebody moved away from. */
  private readonly left = new Map<
    number,
    { readonly pair: string; readonly group: string | undefined; readonly until: number }
  >();

  constructor() {
    this.engine.rules = RULES;
    ['w1', 'w2', 'w3', 'w4'].forEach((id) => this.engine.connected.add(id));
  }

  take(each: Step): void {
    switch (each.kind) {
      case 'ask':
        this.ask(each);
        break;
      case 'plan':
        this.plan(each);
        break;
      case 'release':
        this.release(each);
        break;
      case 'release-port':
        this.releasePort(each);
        break;
      case 'move':
        this.move(each);
        break;
      case 'crash':
        this.crash(each);
        break;
      case 'undo':
        this.undo(each);
        break;
      case 'listen':
        this.engine.listen(each.port);
        break;
      case 'wait':
        this.engine.now += each.ms;
        break;
    }
    this.check();
  }

  private check(): void {
    const { state } = this.engine;
    const shared = [...state.allocations.values()].filter(({ group }) => group !== undefined);
    assert.equal(shared.length, this.groups.size);
    for (const [name, { id, owner, holders }] of this.groups) {
      const allocation = state.allocations.get(id);
      assert.equal(allocation?.group, name);
      assert.equal(allocation && keyOf(allocation), owner, `owner of ${name}`);
      assert.deepEqual(
        allocation?.holders.map(({ participant, workspace = '', service = '' }) => {
          return { window: participant, pair: keyOf({ workspace, service }) };
        }),
        holders,
      );
    }
    const ranges = [...DECLARED, ...state.types.values()]
      .map(({ range }) => range)
      .sort((a, b) => a.first - b.first);
    for (const [index, { first }] of ranges.entries()) {
      const before = ranges[index - 1];
      assert.ok(before === undefined || first - before.last > GAP, 'ranges keep their gaps');
    }
  }

  private note<Answer>(what: string, outcome: Outcome<Answer>): void {
    this.seen.add(`${what} ${outcome.kind === 'refuse' ? outcome.error.code : 'answered'}`);
  }

  private ask({ window, wish, kind, ...request }: StepOf<'ask'>): void {
    this.engine.caller = participant(window);
    const before = this.engine.state;
    const outcome = this.engine.allocate({ ...request, ...wish });
    this.note(kind, outcome);
    if (outcome.kind === 'answer') {
      this.given(window, request, outcome.answer, before.byPair.get(keyOf(request)));
    } else {
      assert.equal(this.engine.state, before);
    }
  }

  private plan({ window, workspace, services, partial, kind }: StepOf<'plan'>): void {
    this.engine.caller = participant(window);
    const before = this.engine.state;
    const planned = services.map(({ wish, ...each }): PlanRequestService => {
      return { ...each, ...wish };
    });
    const outcome = this.engine.plan(planned, { workspace, partial });
    this.note(partial ? 'partial plan' : kind, outcome);
    if (outcome.kind === 'refuse') {
      assert.equal(this.engine.state, before, 'all or nothing');
      assert.ok(!partial);
      return;
    }
    const { answers, refused } = outcome.answer;
    assert.ok(partial || refused.length === 0);
    const left = new Set(refused.map((each) => each.service));
    const given = planned.filter((each) => !left.has(each.service));
    assert.equal(given.length, answers.length);
    // Shared ones join in the order in which they are decided.
    const order = given
      .map((each, index) => ({ each, index, answer: answers[index] }))
      .sort((a, b) => urgency(a.each) - urgency(b.each) || a.index - b.index);
    for (const { each, answer } of order) {
      assert.ok(answer);
      const pair = { workspace, service: each.service };
      if (answer.movedFrom !== undefined && answer.existing) {
        this.leave(answer.movedFrom, answer.allocation);
      }
      this.given(window, pair, answer, before.byPair.get(keyOf(pair)));
    }
  }

  /** What an answer means for who has what. `before`: what the pair had when it was asked. */
  private given(
    window: string,
    pair: Pair,
    { allocation, existing, shared }: AllocateAnswer,
    before: string | undefined,
  ): void {
    const { id, port, group } = allocation;
    const key = keyOf(pair);
    assert.equal(this.engine.state.byPair.get(key), id);
    const had = this.isTakenOver(before, key) ? undefined : before;
    assert.ok(had === undefined || had === id, 'what a pair has it keeps');
    const known = group === undefined ? undefined : this.groups.get(group);
    assert.equal(existing, had !== undefined || known !== undefined);
    if (!existing) {
      assert.ok(!this.ids.has(id), 'a new allocation has a new id');
      this.ids.add(id);
      const left = this.left.get(port);
      const own = left?.pair === key || (group !== undefined && left?.group === group);
      assert.ok(left === undefined || own || left.until <= this.engine.now, `${port} was left`);
      this.left.delete(port);
    }
    if (group === undefined) {
      assert.equal(shared, undefined);
      return;
    }
    const now = known ?? { id, owner: key, holders: [] };
    assert.equal(now.id, id, 'there is one of a group');
    if (!now.holders.some((each) => each.window === window && each.pair === key)) {
      now.holders.push({ window, pair: key });
    }
    this.groups.set(group, now);
    this.settle(group);
  }

  private release({ window, workspace, service, kind }: StepOf<'release'>): void {
    this.engine.caller = participant(window);
    const target = { workspace, service };
    const allocation = this.at(keyOf(target));
    const outcome = this.engine.release(target, { workspaces: [workspace] });
    this.note(kind, outcome);
    assert.equal(outcome.kind === 'answer', allocation !== undefined);
    if (allocation?.group !== undefined && outcome.kind === 'answer') {
      this.drop(allocation.group, ({ pair }) => pair === keyOf(target));
      const { released, remainingHolders } = outcome.answer;
      assert.equal(remainingHolders, this.groups.get(allocation.group)?.holders.length ?? 0);
      assert.equal(released.holders.length, remainingHolders);
    }
  }

  private releasePort({ window, workspace, nth, everyone }: StepOf<'release-port'>): void {
    const allocation = this.nth(nth);
    if (allocation === undefined) {
      return;
    }
    this.engine.caller = participant(window);
    const { group, id } = allocation;
    const outcome = this.engine.release({ id }, { workspaces: [workspace], everyone });
    this.note('release-port', outcome);
    if (group === undefined || everyone) {
      assert.equal(outcome.kind, 'answer');
      this.groups.delete(group ?? '');
      return;
    }
    const before = this.groups.get(group)?.holders.length;
    this.drop(group, (each) => each.window === window || each.pair.startsWith(`${workspace}\0`));
    const stay = before !== 0 && this.groups.get(group)?.holders.length === before;
    assert.equal(outcome.kind, stay ? 'refuse' : 'answer');
  }

  private move({ nth, to }: StepOf<'move'>): void {
    const allocation = this.nth(nth);
    if (allocation === undefined) {
      return;
    }
    const left = this.left.get(to);
    const outcome = this.engine.move({ id: allocation.id }, to);
    this.note('move', outcome);
    if (outcome.kind === 'answer' && allocation.port !== to) {
      const { group } = allocation;
      const own = left?.pair === keyOf(allocation) || (group && left?.group === group);
      assert.ok(left === undefined || own || left.until <= this.engine.now, `${to} was left`);
      this.left.delete(to);
      this.leave(allocation.port, allocation);
    }
  }

  private crash({ window, listening }: StepOf<'crash'>): void {
    const events = holdersLeft(this.engine.state, {
      stamp: { at: this.engine.now, actor: '', by: 'leader' },
      isGone: ({ participant }) => participant === window,
      isListening: () => listening,
      cooldownMs: RULES.cooldownMs,
    });
    this.engine.record(events);
    for (const group of [...this.groups.keys()]) {
      this.drop(group, (each) => each.window === window, listening);
    }
    events.forEach(({ kind }) => this.seen.add(`crash ${kind}`));
  }

  private undo({ serviceType, kind }: StepOf<'undo'>): void {
    const { state } = this.engine;
    const found = state.types.get(serviceType);
    const isHeld = [...state.allocations.values()].some(
      ({ serviceType: its, port }) =>
        its === serviceType ||
        (found !== undefined && port >= found.range.first && port <= found.range.last),
    );
    const outcome = this.engine.undo(serviceType);
    this.note(kind, outcome);
    assert.equal(outcome.kind === 'answer', found !== undefined && !isHeld);
    assert.equal(this.engine.state.types.has(serviceType), found !== undefined && isHeld);
  }

  /** Ends with its last holder, unless somebody listens. */
  private drop(
    group: string,
    leaves: (holder: Group['holders'][number]) => boolean,
    stays = false,
  ): void {
    const now = this.groups.get(group);
    if (now !== undefined) {
      const holders = now.holders.filter((each) => !leaves(each));
      if (holders.length === 0 && !stays) {
        this.groups.delete(group);
      } else {
        now.holders = holders;
        this.settle(group);
      }
    }
  }

  /** It is its owner's as long as that holds it, then of whoever has held it longest. */
  private settle(group: string): void {
    const now = this.groups.get(group);
    const [oldest] = now?.holders ?? [];
    if (now !== undefined && oldest !== undefined) {
      now.owner = now.holders.some(({ pair }) => pair === now.owner) ? now.owner : oldest.pair;
    }
  }

  /** Nobody held it any more, and another service of the same plan took it over. */
  private isTakenOver(id: string | undefined, pair: string): boolean {
    const group = [...this.groups.values()].find((each) => each.id === id);
    return (
      group !== undefined && ![group.owner, ...group.holders.map((h) => h.pair)].includes(pair)
    );
  }

  private leave(port: number, allocation: Allocation): void {
    const until = this.engine.now + RULES.cooldownMs;
    this.left.set(port, { pair: keyOf(allocation), group: allocation.group, until });
  }

  private at(pair: string): Allocation | undefined {
    return this.engine.state.allocations.get(this.engine.state.byPair.get(pair) ?? '');
  }

  private nth(index: number): Allocation | undefined {
    return [...this.engine.state.allocations.values()][index];
  }
}
