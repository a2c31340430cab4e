/**
 * How the engine and a job process speak: frames on a Unix socket, a 4-byte length and JSON. The engine sends commands with an id; the
 * process answers each, and sends events without one. Rows of a SELECT are bytes in canonical form, in base64, page by page when asked.
 */
import type { Socket } from 'node:net';
import { EngineError, type ErrorCode } from '../base/error.ts';
import { decodeJson, encodeJson } from '../base/json.ts';
import type { Field, LogicalType } from '../types/logical-type.ts';
import { decodeValue, encodeValue } from '../types/nested-codec.ts';
import type { Value } from '../types/value.ts';
import type { CheckpointStatistics } from './checkpoint-writer.ts';
import type { JobCounters, JobStart } from './job.ts';
import type { ResultRow } from './job-service.ts';
import type { JobStatus } from './job-status.ts';

export type Command =
  | { readonly kind: 'start'; readonly start: JobStart; readonly isQuery: boolean }
  /** What the job is doing: asked by an engine that adopts it. */
  | { readonly kind: 'attach'; readonly jobId: string }
  | { readonly kind: 'ping' }
  | { readonly kind: 'cancel' }
  | {
      readonly kind: 'stop';
      readonly target: string | null;
      readonly drain: boolean;
      readonly as: 'FINISHED' | 'SUSPENDED';
    }
  | { readonly kind: 'checkpoint'; readonly target: string | null }
  | { readonly kind: 'settle' }
  | { readonly kind: 'next'; readonly max: number }
  | { readonly kind: 'exit' };

export type Event =
  | { readonly kind: 'status'; readonly status: JobStatus }
  | { readonly kind: 'checkpoint'; readonly statistics: CheckpointStatistics }
  | { readonly kind: 'notice'; readonly text: string }
  /** Twice a second: the process lives. */
  | { readonly kind: 'heartbeat'; readonly counters: JobCounters }
  | {
      readonly kind: 'ended';
      readonly status: JobStatus;
      readonly error: WireError | null;
      readonly counters: JobCounters;
    };

export type Message =
  | { readonly id: number; readonly command: Command }
  | { readonly reply: number; readonly result: unknown }
  | { readonly reply: number; readonly error: WireError }
  | { readonly event: Event };

export interface WireError {
  readonly code: string;
  readonly exceptionClass: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly cause: WireError | null;
}

export function toWireError(error: unknown): WireError {
  if (error instanceof EngineError)
    return {
      code: error.code,
      exceptionClass: error.exceptionClass,
      message: error.message,
      retryable: error.retryable,
      // What a library threw is told by the error around it.
      cause: error.cause instanceof EngineError ? toWireError(error.cause) : null,
    };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'INTERNAL', exceptionClass: 'java.lang.RuntimeException', message, retryable: false, cause: null };
}

export function fromWireError(error: WireError): EngineError {
  return new EngineError(error.code as ErrorCode, error.message, {
    exceptionClass: error.exceptionClass,
    retryable: error.retryable,
    ...(error.cause ? { cause: fromWireError(error.cause) } : {}),
  });
}

const HEAD_BYTES = 4;

/** Sends and receives messages over a socket. */
export class Wire {
  readonly #socket: Socket;
  #buffered: Buffer[] = [];
  #bytes = 0;
  /** Bytes that the next frame takes, as far as they are known: chunks are joined once they are there. */
  #awaited = HEAD_BYTES;

  constructor(socket: Socket, receive: (message: Message) => void, closed: () => void) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#buffered.push(chunk);
      this.#bytes += chunk.length;
      this.#read(receive);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', closed);
  }

  send(message: Message): void {
    if (this.#socket.destroyed) return;
    const body = Buffer.from(encodeJson(message));
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32LE(body.length);
    this.#socket.cork();
    this.#socket.write(head);
    this.#socket.write(body);
    this.#socket.uncork();
  }

  close(): void {
    this.#socket.end();
  }

  #read(receive: (message: Message) => void): void {
    if (this.#bytes < this.#awaited) return;
    const all = this.#buffered.length === 1 ? (this.#buffered[0] as Buffer) : Buffer.concat(this.#buffered);
    let at = 0;
    this.#awaited = frameBytes(all, at);
    while (all.length - at >= this.#awaited) {
      const end = at + this.#awaited;
      receive(decodeJson<Message>(all.toString('utf8', at + HEAD_BYTES, end)));
      at = end;
      this.#awaited = frameBytes(all, at);
    }
    this.#buffered = at < all.length ? [all.subarray(at)] : [];
    this.#bytes = all.length - at;
  }
}

/** Length of the frame at `at` with its head; of the head alone while that is not there in full. */
function frameBytes(bytes: Buffer, at: number): number {
  return bytes.length - at < HEAD_BYTES ? HEAD_BYTES : HEAD_BYTES + bytes.readUInt32LE(at);
}

/** Rows to text and back; both ends know the columns from the job's graph. */
export class RowCodec {
  readonly #type: LogicalType;

  constructor(fields: readonly Field[]) {
    // Rows may hold nulls where the type says none may be: a changelog's delete carries its key only.
    this.#type = {
      kind: 'ROW',
      nullable: false,
      fields: fields.map((field) => ({ ...field, type: { ...field.type, nullable: true } })),
    };
  }

  encode(rows: readonly ResultRow[]): string {
    const parts: Uint8Array[] = [];
    for (const { kind, values } of rows) {
      const bytes = encodeValue(this.#type, values);
      const head = Buffer.alloc(5);
      head[0] = kind;
      head.writeUInt32LE(bytes.length, 1);
      parts.push(head, bytes);
    }
    return Buffer.concat(parts).toString('base64');
  }

  decode(text: string): ResultRow[] {
    const bytes = Buffer.from(text, 'base64');
    const rows: ResultRow[] = [];
    for (let at = 0; at < bytes.length; ) {
      const length = bytes.readUInt32LE(at + 1);
      const values = decodeValue(this.#type, bytes.subarray(at + 5, at + 5 + length)) as readonly Value[];
      rows.push({ kind: bytes[at] as number, values });
      at += 5 + length;
    }
    return rows;
  }
}
