/** What a table's next checkpoint must store: addresses of dirty records, and the keys of removed ones as encoded words. */

const FIRST_WORDS = 256;

/** A list of Int32 that grows. */
export class WordList {
  words = new Int32Array(FIRST_WORDS);
  length = 0;

  push(word: number): void {
    if (this.length === this.words.length) this.reserve(1);
    this.words[this.length++] = word;
  }

  /** Makes room for `count` more words. */
  reserve(count: number): void {
    if (this.length + count <= this.words.length) return;
    const grown = new Int32Array(Math.max(this.words.length * 2, this.length + count));
    grown.set(this.words.subarray(0, this.length));
    this.words = grown;
  }

  /** Empties it, and gives a large array back. */
  clear(): void {
    this.length = 0;
    if (this.words.length > 1 << 20) this.words = new Int32Array(FIRST_WORDS);
  }
}

export class ChangeLog {
  /** Addresses in order of becoming dirty; one that has been removed since is no longer marked in its record. */
  readonly dirty = new WordList();
  /** Encoded keys of removed records, one behind the other, each as `[group, words, …]`. */
  readonly removed = new WordList();
  removedCount = 0;

  get isEmpty(): boolean {
    return this.dirty.length === 0 && this.removedCount === 0;
  }

  clear(): void {
    this.dirty.clear();
    this.removed.clear();
    this.removedCount = 0;
  }
}
