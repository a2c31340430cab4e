/** Jobs in processes of their own: what goes over their wires, and what comes of a process that refuses. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, connect as open, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { memoryStore } from '../../src/base/store.ts';
import { defaultParts } from '../../src/runtime/default-parts.ts';
import { localJobHost } from '../../src/runtime/job-host.ts';
import { JobManager } from '../../src/runtime/job-manager.ts';
import { processJobHost } from '../../src/runtime/job-processes.ts';
import { JobStore } from '../../src/runtime/job-store.ts';
import { type Message, Wire } from '../../src/runtime/job-wire.ts';
import { sumGraph } from '../support/job-doubles.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'processes-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }));

test('a job that its process refuses fails with the reason', async () => {
  const program = new URL('../support/refusing-process.ts', import.meta.url).pathname;
  const clock = systemClock;
  const host = processJobHost({
    runDir: join(home, 'run'),
    clock,
    command: [process.execPath, program],
    environment: {},
  });
  const localHost = localJobHost({ parts: defaultParts(), clock });
  const store = new JobStore(memoryStore());
  const jobs = new JobManager({ home, clock, store, host, localHost, autoResume: true });
  try {
    const submitted = jobs.submit(sumGraph(), { operationId: 'refused' });
    await expect(submitted).rejects.toThrow('The process does not take this job.');
    const [job] = jobs.list();
    expect(job).toMatchObject({ status: 'FAILED', failure: [expect.stringContaining('does not take this job')] });
    const query = await jobs.query(sumGraph({}, []), 'query');
    await expect(query.next(1)).resolves.toEqual({ rows: [], end: true });
  } finally {
    await host.close();
  }
});

test('frames come whole, however they are cut', async () => {
  const path = join(home, 'wire.sock');
  const received: Message[] = [];
  const accepted = Promise.withResolvers<Socket>();
  const server = createServer((socket) => accepted.resolve(socket)).listen(path);
  const client = open(path);
  const sender = new Wire(
    client,
    () => {},
    () => {},
  );
  const cuts = await accepted.promise;
  const texts = ['', 'a', 'ä'.repeat(40), 'x'.repeat(3_000_000)];
  const end = Promise.withResolvers<void>();
  // A second wire that gets the bytes in small pieces, and two frames in one.
  let listener: (chunk: Buffer) => void = () => {};
  const cutting = {
    on: (event: string, callback: (chunk: Buffer) => void) => {
      if (event === 'data') listener = callback;
    },
  } as unknown as Socket;
  new Wire(
    cutting,
    (message) => {
      received.push(message);
      if (received.length === texts.length) end.resolve();
    },
    () => {},
  );
  cuts.on('data', (chunk) => {
    const piece = chunk.length > 1000 ? 777 : 3;
    for (let at = 0; at < chunk.length; at += piece) listener(chunk.subarray(at, at + piece));
  });
  for (const text of texts) sender.send({ event: { kind: 'notice', text } });
  await end.promise;
  expect(received).toEqual(texts.map((text) => ({ event: { kind: 'notice', text } })));
  client.destroy();
  cuts.destroy();
  server.close();
});
