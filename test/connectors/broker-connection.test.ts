/** A connection against brokers that misbehave. */

import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { EngineError } from '../../src/base/error.ts';
import { uninterrupted } from '../../src/base/interruption.ts';
import { BrokerConnection, type ClientSettings } from '../../src/connectors/kafka/broker-connection.ts';
import { GARBAGE } from '../../src/connectors/kafka/response-receiver.ts';
import { api } from '../../src/connectors/kafka/wire.ts';

const SETTINGS: ClientSettings = {
  clientId: 'test',
  connectTimeoutMs: 5000,
  requestTimeoutMs: 5000,
  tls: null,
  sasl: null,
};
let server: Server;
afterEach(() => {
  server.close();
});

/** Answers each request with what `answers` give in turn; resolves to the address, and to the first socket that connects. */
async function broker(answers: readonly Buffer[]) {
  const connected = Promise.withResolvers<Socket>();
  server = createServer((socket) => {
    const left = [...answers];
    socket.on('data', () => socket.write(left.shift() as Buffer));
    socket.on('error', () => {});
    connected.resolve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port }, socket: connected.promise };
}

function response(correlation: number, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeInt32BE(4 + body.length, 0);
  head.writeInt32BE(correlation, 4);
  return Buffer.concat([head, body]);
}

const ask = (connection: BrokerConnection) =>
  connection.request(api.findCoordinator, (body) => body.string('group').i8(0));

test('bytes that are no response fail the requests and not the program', async () => {
  const { address } = await broker([Buffer.from([0xff, 0xff, 0xff, 0, 0, 0, 0, 0])]);
  const connection = await BrokerConnection.open(address, SETTINGS, uninterrupted);
  await expect(ask(connection)).rejects.toThrow(/127\.0\.0\.1:\d+ sent what cannot be received/);
  expect(connection.isOpen).toBe(false);
});

test('no memory for a response fails the requests with that error', async () => {
  const { address } = await broker([response(0, Buffer.alloc(10))]);
  const full = new EngineError('JOB_MEMORY', 'no room');
  const memory = {
    ...GARBAGE,
    take: () => {
      throw full;
    },
  };
  const connection = await BrokerConnection.open(address, SETTINGS, uninterrupted, memory);
  await expect(ask(connection)).rejects.toBe(full);
});

test('a connection whose credentials are refused is closed', async () => {
  const refusal = Buffer.concat([Buffer.from([0, 58, 0, 3]), Buffer.from('no!'), Buffer.alloc(4)]);
  const { address, socket } = await broker([response(0, Buffer.alloc(6)), response(1, refusal)]);
  const opening = BrokerConnection.open(
    address,
    { ...SETTINGS, sasl: { mechanism: 'PLAIN', username: 'u', password: 'p' } },
    uninterrupted,
  );
  await expect(opening).rejects.toThrow('no!');
  const peer = await socket;
  if (!peer.closed) await once(peer, 'close');
});
