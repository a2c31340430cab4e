/**
 * The pieces that overlapping windows are cut into. Where accumulators can be merged, a row goes into one slice and a window is the sum of
 * its slices; where they cannot, each window is a slice of its own and a row goes into each of its windows.
 */
import type { WindowSpec } from '../dataflow/operator-spec.ts';
import type { WindowCutter } from './window-cutter.ts';

export class WindowSlices {
  readonly #cutter: WindowCutter;
  readonly #spec: WindowSpec;
  /** Width of a slice; 0: windows share nothing. */
  readonly #width: number;

  constructor(spec: WindowSpec, cutter: WindowCutter, isShared: boolean) {
    this.#spec = spec;
    this.#cutter = cutter;
    this.#width = isShared ? widthOf(spec) : 0;
  }

  get areShared(): boolean {
    return this.#width > 0;
  }

  /** The end of the slice that a local time falls into, when slices are shared. */
  endOf(local: number): number {
    const into = (local - this.#spec.offsetMs) % this.#width;
    return local - (into < 0 ? into + this.#width : into) + this.#width;
  }

  /** Ends of the windows that a slice is in. */
  windowsOf(sliceEnd: number): readonly number[] {
    if (!this.areShared) return [sliceEnd];
    this.#cutter.assign(sliceEnd - this.#width);
    return this.#cutter.ends.slice(0, this.#cutter.count);
  }

  /** Ends of a window's slices, oldest first. */
  slicesOf(windowEnd: number): readonly number[] {
    if (!this.areShared) return [windowEnd];
    const ends: number[] = [];
    for (let end = this.#cutter.startOfEnd(windowEnd) + this.#width; end <= windowEnd; end += this.#width)
      ends.push(end);
    return ends;
  }

  /** True when no window after this one needs the slice. */
  isOver(sliceEnd: number, windowEnd: number): boolean {
    return Math.max(...this.windowsOf(sliceEnd)) <= windowEnd;
  }
}

function widthOf({ type, sizeMs, slideMs }: WindowSpec): number {
  if (type === 'TUMBLE') return sizeMs;
  return type === 'CUMULATE' ? slideMs : greatestDivisor(sizeMs, slideMs);
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
