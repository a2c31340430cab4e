/** One connection to a broker: requests in order, responses by correlation id. It does not reconnect; whoever owns it makes a new one. */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { EngineError } from '../../base/error.ts';
import { networkError } from './kafka-error.ts';
import { type Api, api, WireReader, WireWriter } from './wire.ts';

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/** How to speak to brokers, from the table's `properties.*`. */
export interface ClientSettings {
  readonly clientId: string;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly tls: boolean;
  readonly sasl: { readonly username: string; readonly password: string } | null;
}

const POOLED_BYTES_MIN = 1 << 18;
const SPARES_MAX = 6;

interface Waiting {
  resolve(response: Buffer): void;
  reject(error: unknown): void;
  readonly timer: NodeJS.Timeout;
}

export class BrokerConnection {
  readonly address: BrokerAddress;
  readonly #socket: Socket;
  readonly #settings: ClientSettings;
  readonly #waiting = new Map<number, Waiting>();
  readonly #spare: ArrayBuffer[] = [];
  #correlation = 0;
  #failure: EngineError | null = null;
  /** The response that is being received: its size first. */
  readonly #head = Buffer.alloc(4);
  #headLength = 0;
  #body: Buffer | null = null;
  #bodyLength = 0;

  private constructor(socket: Socket, address: BrokerAddress, settings: ClientSettings) {
    this.#socket = socket;
    this.address = address;
    this.#settings = settings;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(chunk as Buffer));
    socket.on('error', (error) => this.#fail(networkError(`The connection to ${this.#name} broke: ${error.message}`)));
    socket.on('close', () => this.#fail(networkError(`The broker ${this.#name} closed the connection.`)));
  }

  static async open(address: BrokerAddress, settings: ClientSettings): Promise<BrokerConnection> {
    const socket = await openSocket(address, settings);
    const connection = new BrokerConnection(socket, address, settings);
    if (settings.sasl) await connection.#authenticate(settings.sasl);
    return connection;
  }

  get isOpen(): boolean {
    return this.#failure === null;
  }

  get #name(): string {
    return `${this.address.host}:${this.address.port}`;
  }

  /** Sends a request and waits for its response, which begins behind the correlation id. */
  async request(call: Api, write: (body: WireWriter) => void, extraTimeMs = 0): Promise<WireReader> {
    return new WireReader(await this.requestBytes(call, write, extraTimeMs));
  }

  requestBytes(call: Api, write: (body: WireWriter) => void, extraTimeMs = 0): Promise<Buffer> {
    if (this.#failure) return Promise.reject(this.#failure);
    const correlation = this.#correlation++ & 0x7fffffff;
    const body = new WireWriter();
    body.i32(0).i16(call.key).i16(call.version).i32(correlation).string(this.#settings.clientId);
    write(body);
    const bytes = body.result();
    bytes.writeInt32BE(bytes.length - 4, 0);
    return new Promise<Buffer>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#fail(
          networkError(`The broker ${this.#name} did not answer within ${this.#settings.requestTimeoutMs} ms.`),
        );
      }, this.#settings.requestTimeoutMs + extraTimeMs);
      this.#waiting.set(correlation, { resolve, reject, timer });
      this.#socket.write(bytes);
    });
  }

  close(): void {
    this.#fail(networkError(`The connection to ${this.#name} was closed.`));
  }

  #receive(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (!this.#body) {
        const part = Math.min(4 - this.#headLength, chunk.length - at);
        chunk.copy(this.#head, this.#headLength, at, at + part);
        this.#headLength += part;
        at += part;
        if (this.#headLength < 4) return;
        this.#body = this.#roomFor(this.#head.readInt32BE(0));
        this.#bodyLength = 0;
      }
      const part = Math.min(this.#body.length - this.#bodyLength, chunk.length - at);
      chunk.copy(this.#body, this.#bodyLength, at, at + part);
      this.#bodyLength += part;
      at += part;
      if (this.#bodyLength === this.#body.length) this.#complete(this.#body);
    }
  }

  /** Large responses come into room that was given back: fresh megabytes a response would keep the collector busy. */
  #roomFor(size: number): Buffer {
    const at = size < POOLED_BYTES_MIN ? -1 : this.#spare.findIndex((each) => each.byteLength >= size);
    if (at < 0) return Buffer.allocUnsafeSlow(size < POOLED_BYTES_MIN ? size : roundUp(size)).subarray(0, size);
    const [room] = this.#spare.splice(at, 1);
    return Buffer.from(room as ArrayBuffer, 0, size);
  }

  /** Takes back the memory of a response that nobody looks at any more. */
  recycle(memory: ArrayBufferLike): void {
    if (memory instanceof ArrayBuffer && memory.byteLength >= POOLED_BYTES_MIN && this.#spare.length < SPARES_MAX)
      this.#spare.push(memory);
  }

  #complete(body: Buffer): void {
    this.#body = null;
    this.#headLength = 0;
    const correlation = body.readInt32BE(0);
    const waiting = this.#waiting.get(correlation);
    this.#waiting.delete(correlation);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    waiting.resolve(body.subarray(4));
  }

  #fail(error: EngineError): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#socket.destroy();
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#waiting.clear();
  }

  async #authenticate(sasl: { username: string; password: string }): Promise<void> {
    const shake = await this.request(api.saslHandshake, (body) => body.string('PLAIN'));
    if (shake.i16() !== 0) throw refused(`The broker ${this.#name} does not take SASL mechanism PLAIN.`);
    const answer = await this.request(api.saslAuthenticate, (body) =>
      body.bytes(Buffer.from(`\0${sasl.username}\0${sasl.password}`, 'utf8')),
    );
    const code = answer.i16();
    const text = answer.string();
    if (code !== 0) throw refused(text ?? `The broker ${this.#name} refused the credentials.`);
  }
}

/** The next quarter of a power of two, so that responses of about the same size share their room. */
function roundUp(size: number): number {
  const step = 2 ** Math.max(0, Math.floor(Math.log2(size)) - 2);
  return Math.ceil(size / step) * step;
}

function refused(message: string): EngineError {
  return new EngineError('CONNECTOR_KAFKA_AUTHENTICATION', message, {
    exceptionClass: 'org.apache.kafka.common.errors.SaslAuthenticationException',
  });
}

function openSocket({ host, port }: BrokerAddress, settings: ClientSettings): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = settings.tls ? connectTls({ host, port, servername: host }) : connect({ host, port });
    const fail = (reason: string) => {
      socket.destroy();
      reject(networkError(`Connection to ${host}:${port} could not be established: ${reason}.`));
    };
    socket.setTimeout(settings.connectTimeoutMs, () => fail(`no answer within ${settings.connectTimeoutMs} ms`));
    socket.once('error', (error) => fail(error.message));
    socket.once(settings.tls ? 'secureConnect' : 'connect', () => {
      socket.setTimeout(0);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
