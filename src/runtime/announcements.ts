/** Words to all shells: a job failed or is being started again. */
export interface Announcement {
  readonly sequence: number;
  readonly text: string;
}

const KEPT = 100;

export class Announcements {
  /** The newest last; old ones are forgotten. */
  readonly list: Announcement[] = [];
  #sequence = 0;

  add(text: string): void {
    this.list.push({ sequence: ++this.#sequence, text });
    if (this.list.length > KEPT) this.list.shift();
  }
}
