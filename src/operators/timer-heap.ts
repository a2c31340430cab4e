/** Records by the time at which something is due for them: a binary heap in memory, in order of time, then of registration. */
export class TimerHeap {
  #times = new Float64Array(64);
  #orders = new Float64Array(64);
  #addresses = new Uint32Array(64);
  #size = 0;
  #next = 0;

  get size(): number {
    return this.#size;
  }

  /** The earliest time; NaN, which is not due at any watermark, when there is none. */
  get earliest(): number {
    return this.#size === 0 ? Number.NaN : (this.#times[0] as number);
  }

  push(time: number, address: number): void {
    if (this.#size === this.#times.length) this.#grow();
    const order = this.#next++;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBelow(time, order, parent)) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(at, time, order, address);
  }

  /** Removes the earliest entry; its address. Call it only when there is one. */
  pop(): number {
    const address = this.#addresses[0] as number;
    this.#size--;
    if (this.#size > 0)
      this.#sink(
        this.#times[this.#size] as number,
        this.#orders[this.#size] as number,
        this.#addresses[this.#size] as number,
      );
    return address;
  }

  #sink(time: number, order: number, address: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      if (
        child + 1 < this.#size &&
        this.#isBelow(this.#times[child + 1] as number, this.#orders[child + 1] as number, child)
      )
        child++;
      if (this.#isBelow(time, order, child)) break;
      this.#move(child, at);
      at = child;
    }
    this.#put(at, time, order, address);
  }

  #isBelow(time: number, order: number, other: number): boolean {
    const otherTime = this.#times[other] as number;
    return time < otherTime || (time === otherTime && order < (this.#orders[other] as number));
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#times[from] as number, this.#orders[from] as number, this.#addresses[from] as number);
  }

  #put(at: number, time: number, order: number, address: number): void {
    this.#times[at] = time;
    this.#orders[at] = order;
    this.#addresses[at] = address;
  }

  #grow(): void {
    const size = this.#size * 2;
    const times = new Float64Array(size);
    times.set(this.#times);
    const orders = new Float64Array(size);
    orders.set(this.#orders);
    const addresses = new Uint32Array(size);
    addresses.set(this.#addresses);
    this.#times = times;
    this.#orders = orders;
    this.#addresses = addresses;
  }
}
