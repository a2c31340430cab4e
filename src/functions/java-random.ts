/** java.util.Random: the same numbers for the same seed. */

const MULTIPLIER = 0x5deece66dn;
const MASK = (1n << 48n) - 1n;

export class JavaRandom {
  #state: bigint;

  constructor(seed: number) {
    this.#state = (BigInt(seed) ^ MULTIPLIER) & MASK;
  }

  #next(bits: number): number {
    this.#state = (this.#state * MULTIPLIER + 0xbn) & MASK;
    return Number(BigInt.asIntN(32, this.#state >> BigInt(48 - bits)));
  }

  nextDouble(): number {
    return (this.#next(26) * 134217728 + this.#next(27)) / 9007199254740992;
  }

  /** 0 up to below `bound`, which is positive. */
  nextInt(bound: number): number {
    if ((bound & -bound) === bound) return Number((BigInt(bound) * BigInt(this.#next(31))) >> 31n);
    for (;;) {
      const bits = this.#next(31);
      const value = bits % bound;
      if (((bits - value + (bound - 1)) | 0) >= 0) return value;
    }
  }
}
