/** A change of the shop as canal writes it to Kafka: one JSON object, every value a string. */

import type { ShopChange } from './shop-change.ts';
import { SHOP_TABLES } from './shop-tables.ts';

/** JDBC type codes by MySQL type, as canal's `sqlType` has them. */
const SQL_TYPES: ReadonlyArray<readonly [string, number]> = [
  ['bigint', -5],
  ['int', 4],
  ['decimal', 3],
  ['datetime', 93],
  ['date', 91],
  ['varchar', 12],
];

interface TableTexts {
  readonly mysqlType: string;
  readonly sqlType: string;
  readonly pkNames: string;
}

const TEXTS = new Map<string, TableTexts>(
  SHOP_TABLES.map((table) => [
    table.name,
    {
      mysqlType: JSON.stringify(table.columns),
      sqlType: JSON.stringify(
        Object.fromEntries(Object.entries(table.columns).map(([name, type]) => [name, sqlTypeOf(type)])),
      ),
      pkNames: JSON.stringify(table.primaryKey === null ? null : [table.primaryKey]),
    },
  ]),
);

/** `sequence` is the message's `id`. The keys stand in canal's own (alphabetic) order. */
export function canalMessage(change: ShopChange, sequence: number): string {
  const texts = TEXTS.get(change.table) as TableTexts;
  const old = change.old === null ? 'null' : `[${JSON.stringify(change.old)}]`;
  return (
    `{"data":[${JSON.stringify(change.row)}],"database":"gma","es":${change.atMs},"id":${sequence},"isDdl":false,` +
    `"mysqlType":${texts.mysqlType},"old":${old},"pkNames":${texts.pkNames},"sql":"","sqlType":${texts.sqlType},` +
    `"table":"${change.table}","ts":${change.atMs + 37},"type":"${change.type}"}`
  );
}

function sqlTypeOf(mysqlType: string): number {
  return (SQL_TYPES.find(([prefix]) => mysqlType.startsWith(prefix)) as readonly [string, number])[1];
}
