/**
 * The files of one job's checkpoints: `<folder>/chk-N/_metadata`, `<folder>/shared/…`. Durable means: the data and `shared/` synced, then
 * the manifest written and synced, renamed, and its folders synced (rule 8); the rename is the commit. Nothing here blocks the thread.
 */
import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EngineError, messageOf } from '../base/error.ts';
import { METADATA, readManifest, verifyFiles } from './checkpoint-reading.ts';
import { encodeManifest, filesOf, type Manifest, renameFiles } from './completed-checkpoint.ts';
import type { CrashPoint } from './crash-point.ts';
import type { DataFile } from './data-file.ts';
import { linkOrCopy, syncFile, syncFolder, writeSynced } from './synced-files.ts';

const SHARED = 'shared';
const DAMAGED = '.damaged';

export class CheckpointStore {
  readonly folder: string;
  readonly #crash: CrashPoint;
  /** Files that a retained manifest names, by checkpoint. */
  readonly #files = new Map<number, Set<string>>();

  constructor(folder: string, crash: CrashPoint = () => {}) {
    this.folder = folder;
    this.#crash = crash;
  }

  /** Makes the folders, removes what a crash left half done, and gives the highest number ever seen here (-1: none). */
  async open(): Promise<number> {
    await mkdir(join(this.folder, SHARED), { recursive: true, mode: 0o700 });
    let highest = -1;
    for (const name of await readdir(this.folder)) {
      const number = /^(?:\.trash-|\.tmp-)?chk-(\d+)/.exec(name);
      if (!number) continue;
      highest = Math.max(highest, Number(number[1]));
      if (name.startsWith('.')) await rm(join(this.folder, name), { recursive: true, force: true });
    }
    return highest;
  }

  /** Numbers of the checkpoints that have a manifest, ascending. */
  async list(): Promise<number[]> {
    const names = await readdir(this.folder).catch(() => [] as string[]);
    const numbers = names.flatMap((name) => {
      const match = /^chk-(\d+)$/.exec(name);
      return match ? [Number(match[1])] : [];
    });
    return numbers.sort((a, b) => a - b);
  }

  pathOf(id: number): string {
    return join(this.folder, `chk-${id}`);
  }

  /**
   * Makes checkpoint `manifest.id` durable. When it rejects, nothing names the data and the number may be tried again. `beforeCommit` is
   * called when all but the manifest's rename is done, and may throw to give the checkpoint up.
   */
  async write(manifest: Manifest, files: readonly DataFile[], beforeCommit: () => void = () => {}): Promise<void> {
    await this.writeData(files);
    this.#crash('after-data');
    const temporary = join(this.folder, `.tmp-chk-${manifest.id}`);
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { mode: 0o700 });
    await writeSynced(join(temporary, METADATA), [encodeManifest(manifest)]);
    await syncFolder(temporary);
    this.#crash('before-rename');
    try {
      beforeCommit();
    } catch (error) {
      await this.#discard(temporary, files);
      throw error;
    }
    await rename(temporary, this.pathOf(manifest.id));
    this.#crash('after-rename');
    await syncFolder(this.folder).catch((cause) => {
      throw new EngineError('CHECKPOINT_DOUBTFUL', `It is not known whether checkpoint ${manifest.id} is durable.`, {
        retryable: true,
        cause,
      });
    });
    this.#files.set(manifest.id, filesOf(manifest));
  }

  /** Makes data durable that a later manifest will name. */
  async writeData(files: readonly DataFile[]): Promise<void> {
    const filled = files.filter((file) => file.chunks.length > 0);
    if (filled.length === 0) return;
    const written = await Promise.allSettled(
      filled.map((file) => writeSynced(join(this.folder, file.name), file.chunks)),
    );
    const failed = written.find((result) => result.status === 'rejected');
    if (failed) {
      // Half a file is of no use, and takes the room that the next try needs.
      for (const file of filled) await rm(join(this.folder, file.name), { force: true }).catch(() => {});
      throw failed.reason;
    }
    await syncFolder(join(this.folder, SHARED));
  }

  /** Forgets all but the newest `keep` checkpoints, and the files that none of the kept ones names. */
  async prune(keep: number): Promise<void> {
    const ids = await this.list();
    for (const id of ids.slice(0, Math.max(0, ids.length - keep))) {
      const trash = join(this.folder, `.trash-chk-${id}`);
      await rename(this.pathOf(id), trash);
      await rm(trash, { recursive: true, force: true });
      const files = this.#files.get(id);
      this.#files.delete(id);
      for (const file of files ?? []) if (!this.#isNamed(file)) await rm(join(this.folder, file), { force: true });
    }
  }

  /** At a start: removes data files that no manifest names. */
  async removeOrphans(): Promise<void> {
    for (const id of await this.list())
      if (!this.#files.has(id)) {
        const manifest = await readManifest(this.pathOf(id)).catch(() => null);
        // A damaged manifest may name anything: then nothing is an orphan.
        if (!manifest) return;
        this.#files.set(id, filesOf(manifest));
      }
    for (const name of await readdir(join(this.folder, SHARED)))
      if (!this.#isNamed(`${SHARED}/${name}`)) await rm(join(this.folder, SHARED, name), { force: true });
  }

  /**
   * The newest checkpoint that can be read whole, and why newer ones cannot. Damaged ones are moved aside (rule 5); one that this
   * version cannot read, such as a newer version's, is an error: it is whole, and passing it over would go back in time.
   */
  async newest(): Promise<{ manifest: Manifest | null; skipped: string[] }> {
    const setAside = await this.#setAside();
    const skipped: string[] = [];
    for (const id of (await this.list()).reverse()) {
      try {
        const manifest = await readManifest(this.pathOf(id));
        await verifyFiles(manifest, this.folder);
        return { manifest, skipped: [...skipped, ...this.#namesNewer(setAside, id)] };
      } catch (error) {
        if (!(error instanceof EngineError && error.code === 'CHECKPOINT_DAMAGED')) throw error;
        skipped.push(messageOf(error));
        await rename(this.pathOf(id), `${this.pathOf(id)}${DAMAGED}`).catch(() => {});
      }
    }
    return { manifest: null, skipped: [...skipped, ...this.#namesNewer(setAside, -1)] };
  }

  /** Numbers of the checkpoints that an earlier start set aside. */
  async #setAside(): Promise<number[]> {
    const names = await readdir(this.folder).catch(() => [] as string[]);
    return names.flatMap((name) => {
      const match = /^chk-(\d+)\.damaged$/.exec(name);
      return match ? [Number(match[1])] : [];
    });
  }

  #namesNewer(ids: readonly number[], than: number): string[] {
    return ids
      .filter((id) => id > than)
      .map((id) => `The checkpoint '${this.pathOf(id)}${DAMAGED}' is damaged and set aside.`);
  }

  /** Brings the files of another folder's checkpoint here, so that it may go. */
  async adopt(manifest: Manifest, from: string): Promise<Manifest> {
    const names = new Map<string, string>();
    for (const file of filesOf(manifest)) {
      const name = `${SHARED}/from-${manifest.id}-${basename(file)}`;
      names.set(file, name);
      await linkOrCopy(join(from, file), join(this.folder, name));
    }
    await syncFolder(join(this.folder, SHARED));
    return renameFiles(manifest, (file) => names.get(file) ?? file);
  }

  /** Writes a self-contained copy of a checkpoint of this folder. */
  async exportTo(manifest: Manifest, target: string): Promise<void> {
    await mkdir(target, { recursive: true, mode: 0o700 });
    for (const file of filesOf(manifest)) {
      await copyFile(join(this.folder, file), join(target, basename(file)), constants.COPYFILE_FICLONE);
      await syncFile(join(target, basename(file)));
    }
    const own = renameFiles({ ...manifest, kind: 'savepoint' }, (file) => basename(file));
    await writeSynced(join(target, `.${METADATA}`), [encodeManifest(own)]);
    await syncFolder(target);
    await rename(join(target, `.${METADATA}`), join(target, METADATA));
    await syncFolder(target);
    await syncFolder(dirname(target));
  }

  async removeAll(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  async #discard(temporary: string, files: readonly DataFile[]): Promise<void> {
    await rm(temporary, { recursive: true, force: true });
    for (const { name } of files) await rm(join(this.folder, name), { force: true });
  }

  #isNamed(file: string): boolean {
    for (const files of this.#files.values()) if (files.has(file)) return true;
    return false;
  }
}

/** The manifest may or may not be there: only a new start, which reads the folder, can tell (rule 7). */
export function isDoubtful(error: unknown): boolean {
  return error instanceof EngineError && error.code === 'CHECKPOINT_DOUBTFUL';
}
