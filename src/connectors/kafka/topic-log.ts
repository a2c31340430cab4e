/**
 * An embedded topic: files under `<home>/topics/<topic>/`. One append-only commit log per topic is marker, commit and visible end at once
 * (rule 10): readers stop at the ends of its last record. Only the holder of the topic's lock writes or truncates.
 *
 * `<partition>.log` holds frames of messages (`message-frame.ts`), nothing else. `commits` holds records of length (u32), CRC32 (u32) and
 * JSON; a torn record at its end is no record.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { makeFolder, syncFolder, withFile, writeFully } from '../../base/durable-file.ts';
import { EngineError } from '../../base/error.ts';
import { lock } from '../../base/file-lock.ts';
import { uninterrupted } from '../../base/interruption.ts';
import type { CommitRequest, SinkMarker } from '../../dataflow/sink.ts';

/** Where a partition ends for readers. */
export interface PartitionEnd {
  readonly bytes: number;
  /** The next offset. */
  readonly offset: number;
}

/** One record of the commit log. */
interface TopicCommit {
  readonly lineage: string;
  readonly sink: string;
  readonly incarnation: number;
  readonly epoch: number;
  readonly ends: readonly PartitionEnd[];
}

/** Who writes: markers are per (lineage, sink). */
export interface TopicWriter {
  readonly lineage: string;
  readonly sink: string;
}

/** Frames of one partition in order, and how many they are. */
export interface TopicAppend {
  readonly partition: number;
  readonly frames: Uint8Array;
  readonly count: number;
}

const COMMITS = 'commits';
/** Above this size the commit log is written anew with the last record of each writer. */
const COMPACT_BYTES = 1 << 20;
const HEAD_BYTES = 8;

export class TopicLog {
  readonly name: string;
  readonly folder: string;
  readonly #lockPath: string;
  readonly #signal: AbortSignal;
  #commitsSize = -1;
  #commitsInode = -1;
  #commits: TopicCommit[] = [];

  /** `signal` ends the wait for other writers. */
  constructor(home: string, name: string, signal = uninterrupted) {
    if (!/^[A-Za-z0-9._-]{1,249}$/.test(name) || name === '.' || name === '..')
      throw new EngineError(
        'CONNECTOR_TOPIC_NAME',
        `The topic name '${name}' is not allowed: use letters, digits, '.', '_' and '-'.`,
      );
    this.name = name;
    this.folder = join(home, 'topics', name);
    this.#signal = signal;
    this.#lockPath = join(home, 'locks', `topic-${name}.lock`);
  }

  get exists(): boolean {
    return existsSync(join(this.folder, COMMITS));
  }

  /** Path of a partition's file. */
  partitionPath(partition: number): string {
    return join(this.folder, `${partition}.log`);
  }

  /** Makes the topic with empty partitions when it is absent. */
  async create(partitions: number): Promise<void> {
    if (this.exists) return;
    const held = await lock(this.#lockPath, this.#signal);
    try {
      if (this.exists) return;
      makeFolder(this.folder);
      for (let i = 0; i < partitions; i++) withFile(this.partitionPath(i), 'a', () => undefined);
      const ends = Array.from({ length: partitions }, () => ({ bytes: 0, offset: 0 }));
      this.#replaceCommits([{ lineage: '', sink: '', incarnation: 0, epoch: 0, ends }]);
    } finally {
      held.release();
    }
  }

  /** What readers may see: one end a partition. Reads the commit log again only when it has changed. */
  ends(): readonly PartitionEnd[] {
    this.#refresh();
    return this.#commits.at(-1)?.ends ?? [];
  }

  marker(writer: TopicWriter): SinkMarker | null {
    this.#refresh();
    const found = this.#commits.findLast((commit) => commit.lineage === writer.lineage && commit.sink === writer.sink);
    return found ? { incarnation: found.incarnation, epoch: found.epoch } : null;
  }

  /** Appends an epoch with its marker, or nothing when `decide` says it is done. */
  async commit(
    writer: TopicWriter,
    request: CommitRequest,
    parse: (chunk: Uint8Array) => TopicAppend[],
  ): Promise<void> {
    const held = await lock(this.#lockPath, this.#signal);
    try {
      if (!this.exists)
        throw new EngineError(
          'CONNECTOR_TOPIC_MISSING',
          `The embedded topic '${this.name}' is gone. It is not made again by guess: restore ${this.folder}, or start the job anew.`,
        );
      if (request.decide(this.marker(writer)) === 'done') return;
      const ends = [...this.ends()];
      this.#truncate(ends);
      const touched = new Map<number, number>();
      try {
        for await (const chunk of request.buffers())
          for (const append of parse(chunk)) this.#append(append, ends, touched);
        for (const descriptor of touched.values()) fsyncSync(descriptor);
      } finally {
        for (const descriptor of touched.values()) closeSync(descriptor);
      }
      this.#appendCommit({ ...writer, ...request.next, ends });
    } finally {
      held.release();
    }
  }

  #append(append: TopicAppend, ends: PartitionEnd[], touched: Map<number, number>): void {
    const end = ends[append.partition];
    if (!end)
      throw new EngineError(
        'CONNECTOR_TOPIC_PARTITION',
        `The topic '${this.name}' has no partition ${append.partition}.`,
      );
    const descriptor = touched.get(append.partition) ?? openSync(this.partitionPath(append.partition), 'r+');
    touched.set(append.partition, descriptor);
    writeFully(descriptor, append.frames, end.bytes);
    ends[append.partition] = { bytes: end.bytes + append.frames.length, offset: end.offset + append.count };
  }

  /** What a writer left behind that died before its commit record is not part of the topic. */
  #truncate(ends: readonly PartitionEnd[]): void {
    ends.forEach((end, partition) => {
      const path = this.partitionPath(partition);
      if (statSync(path).size === end.bytes) return;
      withFile(path, 'r+', (descriptor) => ftruncateSync(descriptor, end.bytes));
    });
  }

  #appendCommit(commit: TopicCommit): void {
    this.#refresh();
    if (this.#commitsSize > COMPACT_BYTES) {
      const last = new Map([...this.#commits, commit].map((each) => [`${each.lineage}\u0000${each.sink}`, each]));
      last.delete(`${commit.lineage}\u0000${commit.sink}`);
      this.#replaceCommits([...last.values(), commit]);
      return;
    }
    withFile(join(this.folder, COMMITS), 'r+', (descriptor) => {
      // A torn record of a dead writer is overwritten; `#commitsSize` counts whole records only.
      ftruncateSync(descriptor, this.#commitsSize);
      writeFully(descriptor, encodeRecord(commit), this.#commitsSize);
      fsyncSync(descriptor);
    });
  }

  #replaceCommits(commits: readonly TopicCommit[]): void {
    const path = join(this.folder, COMMITS);
    withFile(`${path}.new`, 'w', (descriptor) => {
      writeFully(descriptor, Buffer.concat(commits.map(encodeRecord)));
      fsyncSync(descriptor);
    });
    renameSync(`${path}.new`, path);
    syncFolder(this.folder);
  }

  #refresh(): void {
    const path = join(this.folder, COMMITS);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) {
      this.#commits = [];
      this.#commitsSize = -1;
      return;
    }
    if (stat.size === this.#commitsSize && stat.ino === this.#commitsInode) return;
    const { commits, bytes } = decodeRecords(readFileSync(path));
    this.#commits = commits;
    this.#commitsSize = bytes;
    this.#commitsInode = stat.ino;
  }
}

/** Names of the embedded topics of a home. */
export function listTopics(home: string): string[] {
  const folder = join(home, 'topics');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, COMMITS)))
    .sort();
}

function encodeRecord(commit: TopicCommit): Buffer {
  const json = Buffer.from(JSON.stringify(commit), 'utf8');
  const record = Buffer.allocUnsafe(HEAD_BYTES + json.length);
  record.writeUInt32LE(json.length, 0);
  record.writeUInt32LE(crc32(json), 4);
  json.copy(record, HEAD_BYTES);
  return record;
}

/** Whole records from the start, and where they end. */
function decodeRecords(bytes: Buffer): { commits: TopicCommit[]; bytes: number } {
  const commits: TopicCommit[] = [];
  let at = 0;
  while (at + HEAD_BYTES <= bytes.length) {
    const end = at + HEAD_BYTES + bytes.readUInt32LE(at);
    if (end > bytes.length) break;
    const json = bytes.subarray(at + HEAD_BYTES, end);
    if (crc32(json) !== bytes.readUInt32LE(at + 4)) break;
    commits.push(JSON.parse(json.toString('utf8')) as TopicCommit);
    at = end;
  }
  return { commits, bytes: at };
}
