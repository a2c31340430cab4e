/** An object parser that learns in which order members come, and falls back to the one that takes any order. */
import type { MemberParser } from './generate-json-object.ts';
import { readMembers } from './learned-layout.ts';

/** Messages in a row that miss before another order is learned. */
const MISSES_MAX = 4;
/** So many orders are tried; messages that differ more are left to the general parser. */
const ORDERS_MAX = 16;
/** An order that fitted this often was worth it: the count begins anew. */
const WORTH = 4096;

export class LearnedOrder {
  readonly #parser: MemberParser;
  #ordered: ReturnType<MemberParser['inOrder']> = null;
  #names = '';
  #misses = 0;
  #hits = 0;
  #orders = 0;

  constructor(parser: MemberParser) {
    this.#parser = parser;
  }

  /** As {@link MemberParser.parse}, the row cleared before. */
  parse(u8: Uint8Array, position: number, end: number, row: number): number {
    if (this.#ordered) {
      const behind = this.#ordered(u8, position, end, row);
      if (behind >= 0) {
        this.#hits++;
        this.#misses = 0;
        return behind;
      }
    }
    this.#parser.clear(row);
    const behind = this.#parser.parse(u8, position, end, row);
    if (behind >= 0 && this.#orders < ORDERS_MAX && ++this.#misses >= MISSES_MAX) this.#learn(u8, position, end);
    return behind;
  }

  #learn(u8: Uint8Array, position: number, end: number): void {
    this.#misses = 0;
    this.#orders = this.#hits >= WORTH ? 1 : this.#orders + 1;
    this.#hits = 0;
    const members = readMembers(this.#parser.marks, u8, position, end);
    const names = JSON.stringify(members?.names);
    if (!members || names === this.#names) return;
    this.#names = names;
    this.#ordered = this.#parser.inOrder(members.names);
  }
}
