/** The shop in a MySQL server: its changes written to the fifteen tables, an epoch and its marker in one transaction. */

import { EngineError } from '../../base/error.ts';
import type { Database, TableChange, TargetTable } from '../../connectors/jdbc/database.ts';
import { fromSqlText } from '../../connectors/sql-text.ts';
import { type LogicalType, types } from '../../types/logical-type.ts';
import type { Value } from '../../types/value.ts';
import type { ShopChange, ShopRow } from './shop-change.ts';
import { SHOP_TABLES, type ShopTable } from './shop-tables.ts';

const INCARNATION = 1;
const SINK = 'shop';

interface PendingTable {
  readonly target: TargetTable;
  readonly hasKey: boolean;
  /** By key: the last row of the epoch, or null when it left. */
  readonly rows: Map<string, { readonly row: ShopRow; readonly isDelete: boolean }>;
}

export class ShopDatabase {
  readonly #database: Database;
  readonly #lineage: string;
  readonly #tables = new Map<string, PendingTable>();
  #played = -1;

  constructor(database: Database, lineage: string) {
    this.#database = database;
    this.#lineage = lineage;
    for (const table of SHOP_TABLES)
      this.#tables.set(table.name, { target: targetOf(table), hasKey: table.primaryKey !== null, rows: new Map() });
  }

  /** Checks one table (which makes the markers' own) and reads how far an earlier call came. */
  async open(): Promise<void> {
    await this.#database.prepareTarget((this.#tables.get('base_region') as PendingTable).target, true, () => undefined);
    this.#played = (await this.#database.readMarker({ lineage: this.#lineage, sink: SINK }))?.epoch ?? -1;
  }

  add(change: ShopChange): void {
    const table = this.#tables.get(change.table) as PendingTable;
    const key = change.row[(table.target.fields[table.target.key[0] as number] as { name: string }).name] as string;
    table.rows.set(key, { row: change.row, isDelete: change.type === 'DELETE' });
  }

  /** Writes what was added, unless an earlier call has done so. */
  async commit(epoch: number): Promise<void> {
    if (epoch > this.#played) {
      await this.#database.transaction({ lineage: this.#lineage, sink: SINK }, async (transaction) => {
        if ((transaction.marker?.epoch ?? -1) >= epoch) return;
        for (const table of this.#tables.values())
          if (table.rows.size > 0) await transaction.apply(table.target, changesOf(table));
        await transaction.writeMarker({ incarnation: INCARNATION, epoch });
      });
      this.#played = epoch;
    }
    for (const table of this.#tables.values()) table.rows.clear();
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}

/** A table without a primary key cannot replace: its row is taken out before it comes again. */
function changesOf(table: PendingTable): TableChange[] {
  const changes: TableChange[] = [];
  for (const { row, isDelete } of table.rows.values()) {
    const values = table.target.fields.map((field): Value => {
      const text = row[field.name] ?? null;
      return text === null ? null : fromSqlText(field.type, text, field.name);
    });
    if (isDelete || !table.hasKey) changes.push({ isDelete: true, row: values });
    if (!isDelete) changes.push({ isDelete: false, row: values });
  }
  return changes;
}

function targetOf(table: ShopTable): TargetTable {
  const fields = Object.entries(table.columns).map(([name, type]) => ({ name, type: logicalType(type) }));
  const key = table.primaryKey ?? (fields[0] as { name: string }).name;
  return { name: table.name, fields, key: [fields.findIndex((field) => field.name === key)] };
}

function logicalType(mysqlType: string): LogicalType {
  const [, name, precision, scale] = /^([a-z]+)(?:\((\d+)(?:,(\d+))?\))?/.exec(mysqlType) ?? [];
  switch (name) {
    case 'bigint':
      return types.bigint();
    case 'int':
      return types.int();
    case 'decimal':
      return types.decimal(Number(precision), Number(scale));
    case 'datetime':
      return types.timestamp(0);
    case 'date':
      return types.date();
    case 'varchar':
      return types.string();
    default:
      throw new EngineError('INTERNAL', `the shop has no type ${mysqlType}`);
  }
}
