/** What the planner is given by a session. */

import type { ObjectPath } from '../catalog/object-path.ts';
import type { CatalogObject } from '../catalog/table-descriptor.ts';

export interface PlannerContext {
  readonly currentCatalog: string;
  readonly currentDatabase: string;
  /** Completes a name of one to three parts; temporary objects first. Undefined when there is no such object. */
  resolve(
    parts: readonly string[],
  ): Promise<{ path: ObjectPath; object: CatalogObject; isTemporary: boolean } | undefined>;
  /** Names of all catalogs, for messages. */
  listCatalogs?(): Promise<readonly string[]>;
  /** Effective value of a setting: session, then engine configuration, then Flink's default; undefined when it has none. */
  config(key: string): string | undefined;
  /** All effective settings, for the JobGraph. */
  settings(): Readonly<Record<string, string>>;
  readonly home: string;
  /** ms since the epoch, read once a statement. */
  readonly now: number;
  notice(text: string): void;
}
