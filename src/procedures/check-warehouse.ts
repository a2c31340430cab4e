/** `CALL sys.check_warehouse()`: the indicator tables against a recomputation that never uses this engine's operators. */
import { EngineError } from '../base/error.ts';
import { types } from '../types/logical-type.ts';
import { defineProcedure, type ProcedureContext } from './procedure.ts';
import { computeIndicators, type Indicator } from './shop/indicators.ts';

/** Differences that are shown; the rest is counted. */
const SHOWN_MAX = 5;

export const checkWarehouse = defineProcedure({
  name: 'check_warehouse',
  summary: "Compares the indicator tables with a recomputation from the shop's own rows; a difference is an error.",
  args: [
    { name: 'orders', type: 'INT', default: 20_000 },
    { name: 'seed', type: 'INT', default: 1 },
    // As of play_shop: what was played so far; 0: all.
    { name: 'changes', type: 'INT', default: 0 },
    { name: 'database', type: 'STRING', default: 'myhive.gma_ads' },
  ],
  async call(args, context) {
    const size = { orders: Number(args['orders']), seed: Number(args['seed']) };
    const indicators = computeIndicators(size, Number(args['changes']) || Number.POSITIVE_INFINITY);
    const differences: string[] = [];
    const rows = [];
    for (const indicator of indicators) {
      const found = await differencesOf(indicator, String(args['database']), context);
      differences.push(...found);
      rows.push([indicator.table, BigInt(indicator.rows.length), BigInt(found.length)]);
    }
    if (differences.length > 0) throw differenceError(differences);
    return {
      columns: [
        { name: 'table', type: types.string() },
        { name: 'rows', type: types.bigint() },
        { name: 'differences', type: types.bigint() },
      ],
      rows,
    };
  },
});

async function differencesOf(indicator: Indicator, database: string, context: ProcedureContext): Promise<string[]> {
  const columns = indicator.columns.map((name) => `CAST(${name} AS STRING)`).join(', ');
  const actual = await context.query(`SELECT ${columns} FROM ${database}.${indicator.table}`);
  const missing = new Map<string, number>();
  for (const row of indicator.rows) add(missing, JSON.stringify(row), 1);
  for (const row of actual) add(missing, JSON.stringify(row), -1);
  return [...missing]
    .filter(([, count]) => count !== 0)
    .map(([row, count]) => `${indicator.table}: ${count > 0 ? 'missing' : 'too many'} ${row}`);
}

function add(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function differenceError(differences: readonly string[]): EngineError {
  const more = differences.length > SHOWN_MAX ? `\n… and ${differences.length - SHOWN_MAX} more` : '';
  return new EngineError(
    'JOB_CHECK_FAILED',
    `The warehouse differs from its recomputation:\n${differences.slice(0, SHOWN_MAX).join('\n')}${more}`,
    { exceptionClass: 'org.apache.flink.table.api.TableException' },
  );
}
