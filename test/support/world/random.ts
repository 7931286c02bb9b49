/** The one source of chance in a run: the same seed makes the same choices. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#a = Math.imul(seed, 0x9e3779b1) | 0;
    this.#b = (seed ^ 0x6a09e667) | 0;
    this.#c = (seed * 0.000_000_1 + 0x3c6ef372) | 0;
    for (let round = 0; round < 16; round += 1) {
      this.#word();
    }
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.#word() / 0x1_0000_0000;
  }

  /** A whole number, uniform in [0, below). */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** Uniform in [least, most). */
  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  /** A whole number, uniform in [first, last]. */
  whole(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Undefined of nothing. */
  maybe<T>(choices: readonly T[]): T | undefined {
    return choices[this.below(choices.length)];
  }

  /** Errors: throws when there is nothing to choose. */
  pick<T>(choices: readonly T[]): T {
    const [first] = choices;
    if (first === undefined) {
      throw new Error('There is nothing to choose from.');
    }
    return this.maybe(choices) ?? first;
  }

  shuffled<T>(list: readonly T[]): T[] {
    const rest = [...list];
    return list.flatMap(() => rest.splice(this.below(rest.length), 1));
  }

  hex(bytes: number): string {
    let text = '';
    while (text.length < 2 * bytes) {
      text += this.#word().toString(16).padStart(8, '0');
    }
    return text.slice(0, 2 * bytes);
  }

  /** Version 4. */
  uuid(): string {
    const hex = this.hex(16);
    const variant = '89ab'.charAt(this.below(4));
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      `4${hex.slice(13, 16)}`,
      `${variant}${hex.slice(17, 20)}`,
      hex.slice(20),
    ].join('-');
  }

  /** 32 bits without a sign (sfc32). */
  #word(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }
}
