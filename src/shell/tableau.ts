/** Result tables in Flink's TABLEAU look: streaming tables as their rows come, and finished ones with widths from their data. */
import type { ColumnBody } from '../gateway/api.ts';
import { padLeft, textWidth, visible } from './text-width.ts';

const NULL_TEXT = '<NULL>';
const KIND_SIGNS: Readonly<Record<string, string>> = {
  INSERT: '+I',
  UPDATE_BEFORE: '-U',
  UPDATE_AFTER: '+U',
  DELETE: '-D',
};

export type TableRow = readonly (string | null)[];

export function kindSign(kind: string): string {
  return KIND_SIGNS[kind] ?? kind;
}

/** Prints a streaming result: the head first, then each row with its kind. */
export class StreamTable {
  readonly #widths: readonly number[];
  readonly #columns: readonly ColumnBody[];

  /** `widthMax`: `table.display.max-column-width`. */
  constructor(columns: readonly ColumnBody[], widthMax: number) {
    this.#columns = columns;
    this.#widths = [2, ...columns.map((column) => streamWidth(column, widthMax))];
  }

  head(): string {
    const names = ['op', ...this.#columns.map((column) => column.name)];
    return `${this.border()}\n${frame(names, this.#widths)}\n${this.border()}`;
  }

  row(kind: string, fields: TableRow): string {
    return frame([kindSign(kind), ...fields.map((field) => field ?? NULL_TEXT)], this.#widths);
  }

  border(): string {
    return borderOf(this.#widths);
  }
}

/** A finished result: widths from its data, at most `widthMax`. `nullText` is empty for statements that show things. */
export function finishedTable(
  columns: readonly ColumnBody[],
  rows: readonly TableRow[],
  widthMax: number,
  nullText: string,
): string {
  const names = columns.map((column) => column.name);
  const texts = rows.map((row) => row.map((field) => field ?? nullText));
  const widths = names.map((name, i) => {
    let width = textWidth(name);
    for (const row of texts) width = Math.max(width, textWidth(row[i] ?? ''));
    return Math.min(width, widthMax);
  });
  const border = borderOf(widths);
  return [border, frame(names, widths), border, ...texts.map((row) => frame(row, widths)), border].join('\n');
}

/** `Received a total of N rows`, `N rows in set`, with the time in seconds. */
export function footer(words: 'received' | 'terminated' | 'set', count: number, elapsedMs: number | null): string {
  const rows = count > 1 ? 'rows' : 'row';
  const time = elapsedMs === null ? '' : ` (${(elapsedMs / 1000).toFixed(2)} seconds)`;
  if (words === 'set') return `${count} ${rows} in set${time}`;
  return `${words === 'received' ? 'Received a' : 'Query terminated, received a'} total of ${count} ${rows}${time}`;
}

function borderOf(widths: readonly number[]): string {
  return `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
}

function frame(cells: readonly string[], widths: readonly number[]): string {
  return `|${cells.map((cell, i) => ` ${padLeft(visible(cell), widths[i] as number)} `).join('|')}|`;
}

/** Widths by type, at least the name's and that of `<NULL>`. */
function streamWidth(column: ColumnBody, widthMax: number): number {
  return Math.max(textWidth(column.name), NULL_TEXT.length, typeWidth(column, widthMax));
}

function typeWidth(column: ColumnBody, widthMax: number): number {
  const precision = Number(column.logicalType['precision'] ?? 0);
  switch (column.logicalType.type) {
    case 'TINYINT':
      return 4;
    case 'BOOLEAN':
      return 5;
    case 'SMALLINT':
      return 6;
    case 'INTEGER':
      return 11;
    case 'BIGINT':
      return 20;
    case 'DECIMAL':
      return precision + 2;
    case 'DATE':
      return 10;
    case 'TIME_WITHOUT_TIME_ZONE':
      return precision === 0 ? 8 : precision + 9;
    case 'TIMESTAMP_WITHOUT_TIME_ZONE':
    case 'TIMESTAMP_WITH_LOCAL_TIME_ZONE':
      return precision === 0 ? 19 : precision <= 3 ? 23 : precision <= 6 ? 26 : 29;
    default:
      return widthMax;
  }
}
