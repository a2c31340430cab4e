/** The watermark of an operator with several inputs: the smallest of them. It is part of checkpoints. */
import type { StateBackend } from '../state/state.ts';

export class WatermarkMerge {
  readonly #inputs: { get(): readonly number[]; set(value: readonly number[]): void };

  constructor(inputs: number, state: StateBackend) {
    const none = Array.from({ length: inputs }, () => Number.NEGATIVE_INFINITY);
    this.#inputs = state.value<readonly number[]>('watermarks', none);
  }

  get current(): number {
    return Math.min(...this.#inputs.get());
  }

  /** Takes the watermark of one input; the merged watermark if it has risen, else null. */
  advance(input: number, watermark: number): number | null {
    const inputs = this.#inputs.get();
    if (watermark <= (inputs[input] as number)) return null;
    const before = Math.min(...inputs);
    const after = inputs.map((other, i) => (i === input ? watermark : other));
    this.#inputs.set(after);
    const lowest = Math.min(...after);
    return lowest > before ? lowest : null;
  }
}
