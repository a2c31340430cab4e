/**
 * Addresses in an order that a function gives, with their positions: chunks of a bounded length and the position of each chunk's first. A
 * change costs a few comparisons and a pass over the chunk and the chunks' positions. In memory only.
 */
const CHUNK = 512;
/** Shared by all indexes that have no chunks; never changed. */
const NONE: number[][] = [];
const NO_STARTS: number[] = [];

/** Negative, 0 or positive, as `a` goes before, beside or behind `b`. */
export type AddressOrder = (a: number, b: number) => number;

export class OrderedIndex {
  readonly #order: AddressOrder;
  /** All addresses while they are few, as they are in most partitions; then the chunks take over. */
  #few: number[] | null = [];
  #chunks: number[][] = NONE;
  /** Position of the first address of each chunk. */
  #starts: number[] = NO_STARTS;
  #length = 0;

  constructor(order: AddressOrder) {
    this.#order = order;
  }

  get length(): number {
    return this.#length;
  }

  /** Puts an address behind all that do not go behind it; its position. */
  insert(address: number): number {
    this.#length++;
    const few = this.#few;
    if (few) {
      const place = this.#placeIn(few, address);
      if (place === few.length) few.push(address);
      else few.splice(place, 0, address);
      if (few.length > CHUNK) this.#startChunks(few);
      return place;
    }
    if (this.#chunks.length === 0) {
      this.#chunks.push([address]);
      this.#starts.push(0);
      return 0;
    }
    const index = Math.min(
      this.#firstChunk((last) => this.#order(last, address) > 0),
      this.#chunks.length - 1,
    );
    const chunk = this.#chunks[index] as number[];
    const place = this.#placeIn(chunk, address);
    const position = (this.#starts[index] as number) + place;
    chunk.splice(place, 0, address);
    this.#move(index + 1, 1);
    if (chunk.length > CHUNK) this.#split(index);
    return position;
  }

  removeAt(position: number): void {
    if (this.#few) {
      if (position >= this.#length) return;
      if (position === this.#length - 1) this.#few.pop();
      else this.#few.splice(position, 1);
      this.#length--;
      return;
    }
    const index = this.#chunkAt(position);
    const chunk = this.#chunks[index];
    if (!chunk) return;
    chunk.splice(position - (this.#starts[index] as number), 1);
    this.#length--;
    this.#move(index + 1, -1);
    if (chunk.length > 0) return;
    this.#chunks.splice(index, 1);
    this.#starts.splice(index, 1);
  }

  /** Takes out the first addresses; what they were, in order. */
  removeFirst(count: number): number[] {
    if (this.#few) {
      const first = this.#few.splice(0, count);
      this.#length -= first.length;
      return first;
    }
    const removed: number[] = [];
    while (removed.length < count) {
      const chunk = this.#chunks[0];
      if (!chunk) break;
      removed.push(...chunk.splice(0, count - removed.length));
      if (chunk.length > 0) break;
      this.#chunks.shift();
      this.#starts.shift();
    }
    this.#length -= removed.length;
    this.#move(0, -removed.length);
    if (this.#starts.length > 0) this.#starts[0] = 0;
    return removed;
  }

  /** The address at a position, or 0. */
  at(position: number): number {
    if (this.#few) return this.#few[position] ?? 0;
    const index = this.#chunkAt(position);
    return this.#chunks[index]?.[position - (this.#starts[index] as number)] ?? 0;
  }

  /** Position of the first address for which `order` is not below 0: the order of an address and what is sought. */
  lowerBound(order: (address: number) => number): number {
    if (this.#few) return firstOf(this.#few, (address) => order(address) >= 0);
    const index = this.#firstChunk((last) => order(last) >= 0);
    const chunk = this.#chunks[index];
    return chunk ? (this.#starts[index] as number) + firstOf(chunk, (address) => order(address) >= 0) : this.#length;
  }

  /** Position of an address, or -1. */
  indexOf(address: number): number {
    for (let position = this.lowerBound((other) => this.#order(other, address)); position < this.#length; position++) {
      const other = this.at(position);
      if (other === address) return position;
      if (this.#order(other, address) > 0) break;
    }
    return -1;
  }

  /** Where an address goes in a chunk: behind all that do not go behind it. */
  #placeIn(chunk: readonly number[], address: number): number {
    let low = 0;
    let high = chunk.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#order(chunk[middle] as number, address) > 0) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #startChunks(few: number[]): void {
    this.#few = null;
    this.#chunks = [few];
    this.#starts = [0];
    this.#split(0);
  }

  /** The first chunk whose last address passes, or the number of chunks. */
  #firstChunk(passes: (last: number) => boolean): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const chunk = this.#chunks[middle] as number[];
      if (passes(chunk[chunk.length - 1] as number)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #chunkAt(position: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] as number) <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #split(index: number): void {
    const behind = (this.#chunks[index] as number[]).splice(CHUNK >> 1);
    this.#chunks.splice(index + 1, 0, behind);
    this.#starts.splice(index + 1, 0, (this.#starts[index] as number) + (CHUNK >> 1));
  }

  #move(from: number, by: number): void {
    const starts = this.#starts;
    for (let i = from; i < starts.length; i++) starts[i] = (starts[i] as number) + by;
  }
}

/** The first place whose address passes, or the length. */
function firstOf(chunk: readonly number[], passes: (address: number) => boolean): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(chunk[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
