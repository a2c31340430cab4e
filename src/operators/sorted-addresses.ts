/**
 * Records of a partition in sort order, by their addresses: chunks of a bounded length, so that a change moves little and a rank is found
 * by counting chunks. Equal records keep their order of arrival.
 */
const CHUNK = 256;

export type RecordOrder = (a: number, b: number) => number;

export class SortedAddresses {
  readonly #chunks: number[][] = [];
  readonly #order: RecordOrder;
  #length = 0;

  constructor(order: RecordOrder) {
    this.#order = order;
  }

  get length(): number {
    return this.#length;
  }

  /** Puts a record behind all that are not above it; its position. */
  insert(address: number): number {
    this.#length++;
    let before = 0;
    for (let c = 0; c < this.#chunks.length; c++) {
      const chunk = this.#chunks[c] as number[];
      const isLast = c + 1 === this.#chunks.length;
      if (!isLast && this.#order(chunk.at(-1) as number, address) <= 0) {
        before += chunk.length;
        continue;
      }
      const place = this.#upperBound(chunk, address);
      chunk.splice(place, 0, address);
      if (chunk.length > CHUNK) this.#chunks.splice(c + 1, 0, chunk.splice(CHUNK >> 1));
      return before + place;
    }
    this.#chunks.push([address]);
    return before;
  }

  /** Takes out the record at a position. */
  removeAt(position: number): void {
    let at = position;
    for (let c = 0; c < this.#chunks.length; c++) {
      const chunk = this.#chunks[c] as number[];
      if (at >= chunk.length) {
        at -= chunk.length;
        continue;
      }
      chunk.splice(at, 1);
      this.#length--;
      if (chunk.length === 0) this.#chunks.splice(c, 1);
      return;
    }
  }

  /** Takes out the first records; what they were, in order. */
  removeFirst(count: number): number[] {
    const removed: number[] = [];
    while (removed.length < count) {
      const chunk = this.#chunks[0];
      if (!chunk) break;
      removed.push(...chunk.splice(0, count - removed.length));
      if (chunk.length === 0) this.#chunks.shift();
    }
    this.#length -= removed.length;
    return removed;
  }

  /** The record at a position, or 0. */
  at(position: number): number {
    let at = position;
    for (const chunk of this.#chunks) {
      if (at < chunk.length) return chunk[at] as number;
      at -= chunk.length;
    }
    return 0;
  }

  /** Position of the first record for which `order` is not below 0: `order` is that of a record and what is sought. */
  lowerBound(order: (address: number) => number): number {
    let before = 0;
    for (const chunk of this.#chunks) {
      if (order(chunk.at(-1) as number) < 0) {
        before += chunk.length;
        continue;
      }
      let low = 0;
      let high = chunk.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (order(chunk[middle] as number) < 0) low = middle + 1;
        else high = middle;
      }
      return before + low;
    }
    return before;
  }

  /** Position of a record, or -1. */
  indexOf(address: number): number {
    const first = this.lowerBound((other) => this.#order(other, address));
    for (let position = first; position < this.#length; position++) {
      const other = this.at(position);
      if (other === address) return position;
      if (this.#order(other, address) > 0) break;
    }
    return -1;
  }

  #upperBound(chunk: readonly number[], address: number): number {
    let low = 0;
    let high = chunk.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#order(chunk[middle] as number, address) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
