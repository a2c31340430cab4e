/** Puts a connection's bytes together to responses. The socket writes the body of a response straight to where it will be read. */

import type { Heap } from '../../types/heap.ts';

/** Where responses are kept. */
export interface ResponseMemory {
  /** Room for a response; its contents are undefined. */
  take(bytes: number): Buffer;
  /** Gives back room that {@link take} gave, when the response is not wanted any more. */
  give(body: Buffer): void;
}

/** Responses are garbage when they have been read. */
export const GARBAGE: ResponseMemory = {
  take: (bytes) => Buffer.allocUnsafeSlow(bytes),
  give: () => undefined,
};

/** Responses lie in the heap; `byteOffset` is their address. */
export function heapMemory(heap: Heap): ResponseMemory {
  return {
    take(bytes) {
      // It may grow the memory, whose buffer is then another one.
      const address = heap.allocate(bytes);
      return Buffer.from(heap.memory.buffer, address, bytes);
    },
    give: (body) => heap.free(body.byteOffset, body.length),
  };
}

/** Size and correlation id. */
const HEAD_BYTES = 8;
/** Of each response so many bytes at most are copied once more. */
const STAGE_BYTES = 4096;

export class ResponseReceiver {
  readonly #memory: ResponseMemory;
  readonly #onResponse: (correlation: number, body: Buffer) => void;
  readonly #stage = Buffer.allocUnsafeSlow(STAGE_BYTES);
  readonly #head = Buffer.alloc(HEAD_BYTES);
  #headLength = 0;
  #body: Buffer | null = null;
  #bodyLength = 0;

  /** `onResponse` owns the body from then on. */
  constructor(memory: ResponseMemory, onResponse: (correlation: number, body: Buffer) => void) {
    this.#memory = memory;
    this.#onResponse = onResponse;
  }

  /** Where the next bytes may be written; {@link written} says how many were. */
  next(): Uint8Array {
    return this.#body ? this.#body.subarray(this.#bodyLength) : this.#stage;
  }

  written(count: number): void {
    if (!this.#body) this.push(this.#stage.subarray(0, count));
    else {
      this.#bodyLength += count;
      if (this.#bodyLength === this.#body.length) this.#complete(this.#body);
    }
  }

  /** Takes bytes that have come elsewhere. */
  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; )
      at += this.#body ? this.#toBody(this.#body, chunk, at) : this.#toHead(chunk, at);
  }

  #toHead(chunk: Buffer, at: number): number {
    const part = Math.min(HEAD_BYTES - this.#headLength, chunk.length - at);
    chunk.copy(this.#head, this.#headLength, at, at + part);
    this.#headLength += part;
    if (this.#headLength === HEAD_BYTES) {
      const size = this.#head.readInt32BE(0) - 4;
      if (size < 0) throw new RangeError(`a response of ${size + 4} bytes`);
      const body = this.#memory.take(size);
      this.#bodyLength = 0;
      if (body.length === 0) this.#complete(body);
      else this.#body = body;
    }
    return part;
  }

  #toBody(body: Buffer, chunk: Buffer, at: number): number {
    const part = Math.min(body.length - this.#bodyLength, chunk.length - at);
    chunk.copy(body, this.#bodyLength, at, at + part);
    this.#bodyLength += part;
    if (this.#bodyLength === body.length) this.#complete(body);
    return part;
  }

  #complete(body: Buffer): void {
    this.#body = null;
    this.#headLength = 0;
    this.#onResponse(this.#head.readInt32BE(4), body);
  }

  /** Gives back the response that was being received. */
  close(): void {
    if (this.#body) this.#memory.give(this.#body);
    this.#body = null;
  }
}
