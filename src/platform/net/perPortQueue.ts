interface Lane<Value> {
  tail: Promise<unknown>;
  readonly waiting: Map<string, Promise<Value>>;
}

/**
 * Keeps looks at one port apart: two probes of a port at the same moment would each take the
 * other's bind for a stranger. Looks at different ports run side by side. Callers who ask the same
 * question share a look that has not begun yet, so every answer is from after its question.
 */
export class PerPortQueue<Value> {
  readonly #lanes = new Map<number, Lane<Value>>();

  run(port: number, question: string, look: () => Promise<Value>): Promise<Value> {
    const lane = this.#lane(port);
    const waiting = lane.waiting.get(question);
    if (waiting !== undefined) {
      return waiting;
    }
    const answer = lane.tail.then(() => {
      lane.waiting.delete(question);
      return look();
    });
    lane.waiting.set(question, answer);
    const tail: Promise<void> = answer.then(
      () => this.#leave(port, lane, tail),
      () => this.#leave(port, lane, tail),
    );
    lane.tail = tail;
    return answer;
  }

  #lane(port: number): Lane<Value> {
    let lane = this.#lanes.get(port);
    if (lane === undefined) {
      lane = { tail: Promise.resolve(), waiting: new Map() };
      this.#lanes.set(port, lane);
    }
    return lane;
  }

  #leave(port: number, lane: Lane<Value>, tail: Promise<unknown>): void {
    if (lane.tail === tail) {
      this.#lanes.delete(port);
    }
  }
}
