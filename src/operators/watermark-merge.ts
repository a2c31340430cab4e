/** The watermark of an operator with several inputs: the smallest of them. */
export class WatermarkMerge {
  readonly #inputs: Float64Array;
  #current = Number.NEGATIVE_INFINITY;

  constructor(inputs: number) {
    this.#inputs = new Float64Array(inputs).fill(Number.NEGATIVE_INFINITY);
  }

  get current(): number {
    return this.#current;
  }

  /** Takes the watermark of one input; the merged watermark if it has risen, else null. */
  advance(input: number, watermark: number): number | null {
    if (watermark <= (this.#inputs[input] as number)) return null;
    this.#inputs[input] = watermark;
    let lowest = watermark;
    for (const other of this.#inputs) if (other < lowest) lowest = other;
    if (lowest <= this.#current) return null;
    this.#current = lowest;
    return lowest;
  }
}
