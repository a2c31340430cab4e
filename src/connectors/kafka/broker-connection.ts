/** One connection to a broker: requests in order, responses by correlation id. It does not reconnect; whoever owns it makes a new one. */
import { connect, isIP, type Socket } from 'node:net';
import { EngineError, messageOf } from '../../base/error.ts';
import type { SaslSettings, TlsSettings } from './client-security.ts';
import { networkError } from './kafka-error.ts';
import { GARBAGE, type ResponseMemory, ResponseReceiver } from './response-receiver.ts';
import { ScramClient } from './scram.ts';
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
  readonly tls: TlsSettings | null;
  readonly sasl: SaslSettings | null;
}

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
  #correlation = 0;
  #failure: EngineError | null = null;
  readonly #memory: ResponseMemory;
  readonly #receiver: ResponseReceiver;

  private constructor(address: BrokerAddress, settings: ClientSettings, memory: ResponseMemory, signal: AbortSignal) {
    this.address = address;
    this.#settings = settings;
    this.#memory = memory;
    this.#receiver = new ResponseReceiver(memory, (correlation, body) => this.#complete(correlation, body));
    this.#socket = newSocket(address, settings, this.#receiver, (error) => this.#fail(error));
    const close = (): void => this.close();
    signal.addEventListener('abort', close, { once: true });
    this.#socket.once('close', () => signal.removeEventListener('abort', close));
  }

  /** Resolves when the connection stands; from then on whatever breaks it fails the requests. */
  async #connected(): Promise<void> {
    const socket = this.#socket;
    await socketConnected(socket, this.address, this.#settings);
    socket.setNoDelay(true);
    socket.on('error', (error) => this.#fail(networkError(`The connection to ${this.#name} broke: ${error.message}`)));
    socket.on('close', () => this.#fail(networkError(`The broker ${this.#name} closed the connection.`)));
  }

  /** Responses lie in `memory`; whoever gets one gives it back there. `signal` closes it, whatever it waits for. */
  static async open(
    address: BrokerAddress,
    settings: ClientSettings,
    signal: AbortSignal,
    memory: ResponseMemory = GARBAGE,
  ): Promise<BrokerConnection> {
    const connection = new BrokerConnection(address, settings, memory, signal);
    await connection.#connected();
    try {
      if (settings.sasl) await connection.#authenticate(settings.sasl);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
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

  #complete(correlation: number, body: Buffer): void {
    const waiting = this.#waiting.get(correlation);
    this.#waiting.delete(correlation);
    if (waiting) {
      clearTimeout(waiting.timer);
      waiting.resolve(body);
    } else this.#memory.give(body);
  }

  #fail(error: EngineError): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#socket.destroy();
    this.#receiver.close();
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#waiting.clear();
  }

  async #authenticate(sasl: SaslSettings): Promise<void> {
    const { mechanism, username, password } = sasl;
    const shake = await this.request(api.saslHandshake, (body) => body.string(mechanism));
    if (shake.i16() !== 0) throw refused(`The broker ${this.#name} does not take SASL mechanism ${mechanism}.`);
    if (mechanism === 'PLAIN') {
      await this.#exchange(`\0${username}\0${password}`);
      return;
    }
    const client = new ScramClient(mechanism, username, password);
    const answer = client.final(await this.#exchange(client.first()));
    if (answer === null) throw refused(`The broker ${this.#name} sent no ${mechanism} challenge.`);
    if (!client.isServer(await this.#exchange(answer)))
      throw refused(`The broker ${this.#name} could not prove that it knows the user '${username}'.`);
  }

  /** One message of the SASL mechanism, and the answer to it. */
  async #exchange(message: string): Promise<string> {
    const answer = await this.request(api.saslAuthenticate, (body) => body.bytes(Buffer.from(message, 'utf8')));
    const code = answer.i16();
    const text = answer.string();
    if (code !== 0) throw refused(text ?? `The broker ${this.#name} refused the credentials.`);
    return answer.bytes()?.toString('utf8') ?? '';
  }
}

/** The server's certificate or its handshake, not the network: another try gives the same. */
function isDistrust({ code }: NodeJS.ErrnoException): boolean {
  return code !== undefined && /CERT|VERIFY|ERR_TLS|ERR_SSL/.test(code);
}

function distrusted(host: string, port: number, error: Error): EngineError {
  return new EngineError(
    'CONNECTOR_KAFKA_AUTHENTICATION',
    `SSL handshake with ${host}:${port} failed: ${error.message}. Check 'properties.ssl.truststore.location' and 'properties.security.protocol'.`,
    { exceptionClass: 'org.apache.kafka.common.errors.SslAuthenticationException', cause: error },
  );
}

function refused(message: string): EngineError {
  return new EngineError('CONNECTOR_KAFKA_AUTHENTICATION', message, {
    exceptionClass: 'org.apache.kafka.common.errors.SaslAuthenticationException',
  });
}

/**
 * A socket that connects. Without TLS it writes what comes straight to where the receiver wants it. `fail` hears of bytes that are no response
 * and of responses that there is no memory for.
 */
function newSocket(
  { host, port }: BrokerAddress,
  settings: ClientSettings,
  receiver: ResponseReceiver,
  fail: (error: EngineError) => void,
): Socket {
  const receive = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      const reason = `The broker ${host}:${port} sent what cannot be received: ${messageOf(error)}`;
      fail(error instanceof EngineError ? error : networkError(reason, error));
    }
  };
  if (settings.tls) {
    // Loaded for those who need it.
    const { context, checksHost } = settings.tls;
    const socket = process.getBuiltinModule('node:tls').connect({
      ...context,
      host,
      port,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(checksHost ? {} : { checkServerIdentity: () => undefined }),
    });
    socket.on('data', (chunk) => receive(() => receiver.push(chunk)));
    return socket;
  }
  const onread = {
    buffer: () => receiver.next(),
    callback: (count: number) => {
      receive(() => receiver.written(count));
      return true;
    },
  };
  return connect({ host, port, onread });
}

function socketConnected(socket: Socket, { host, port }: BrokerAddress, settings: ClientSettings): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      socket.destroy();
      reject(networkError(`Connection to ${host}:${port} could not be established: ${reason}.`));
    };
    socket.setTimeout(settings.connectTimeoutMs, () => fail(`no answer within ${settings.connectTimeoutMs} ms`));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (!isDistrust(error)) return fail(error.message);
      socket.destroy();
      reject(distrusted(host, port, error));
    });
    socket.once('close', () => fail('it was closed'));
    socket.once(settings.tls ? 'secureConnect' : 'connect', () => {
      socket.setTimeout(0);
      socket.removeAllListeners('error');
      resolve();
    });
  });
}
