/** The watermark of an operator with several inputs: the smallest of those that are not idle. It is part of checkpoints. */
import { IDLE } from '../dataflow/operator.ts';
import type { StateBackend } from '../state/state.ts';

interface Progress {
  readonly inputs: readonly number[];
  /** What has gone out: an input that wakes up cannot lower it. */
  readonly merged: number;
}

export class WatermarkMerge {
  readonly #progress: { get(): Progress; set(value: Progress): void };

  constructor(inputs: number, state: StateBackend) {
    const none = Array.from({ length: inputs }, () => Number.NEGATIVE_INFINITY);
    this.#progress = state.value<Progress>('watermarks', { inputs: none, merged: Number.NEGATIVE_INFINITY });
  }

  get current(): number {
    return this.#progress.get().merged;
  }

  /** Takes a mark of one input: the merged watermark if it has risen, `IDLE` when the last input has become idle, else null. */
  advance(input: number, mark: number): number | null {
    const { inputs: before, merged } = this.#progress.get();
    if (mark <= (before[input] as number)) return null;
    const inputs = before.map((other, i) => (i === input ? mark : other));
    const active = inputs.filter((watermark) => !Number.isNaN(watermark));
    const lowest = Math.min(...active);
    const isRisen = active.length > 0 && lowest > merged;
    this.#progress.set({ inputs, merged: isRisen ? lowest : merged });
    if (isRisen) return lowest;
    return active.length === 0 && !before.every(Number.isNaN) ? IDLE : null;
  }
}
