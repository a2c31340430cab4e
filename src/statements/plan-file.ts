/** COMPILE PLAN, EXECUTE PLAN and both at once: a job's graph in a file. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { EngineError, tableError, validationError } from '../base/error.ts';
import { decodeJson, encodeJson } from '../base/json.ts';
import { JOB_GRAPH_VERSION, type JobGraph } from '../dataflow/job-graph.ts';
import type { Parser } from '../parser/parser.ts';
import type { InsertNode } from '../planner/insert-node.ts';
import { planInserts } from '../planner/planner.ts';
import { OK } from './answer.ts';
import { parseInsert } from './insert.ts';
import { planOptions } from './plan-options.ts';
import { defineStatement, type StatementContext, type StatementNode, type StatementResult } from './statement.ts';
import { parseStatementSet } from './statement-set.ts';

interface CompilePlanNode extends StatementNode {
  readonly file: string;
  readonly ifNotExists: boolean;
  readonly inserts: readonly InsertNode[];
}

export const compilePlan = defineStatement<CompilePlanNode>({
  name: 'compile-plan',
  heads: [['COMPILE', 'PLAN']],
  syntax: "COMPILE PLAN 'file' [IF NOT EXISTS] FOR {insert | STATEMENT SET BEGIN … END}",
  summary: "Writes a job's plan to a file.",
  example: "COMPILE PLAN 'totals.json' IF NOT EXISTS FOR INSERT INTO totals SELECT user_id, price FROM orders",
  parse: (parser, start) => ({ statement: 'compile-plan', ...parsePlan(parser), span: parser.spanFrom(start) }),
  async execute(node, context) {
    await compile(node, context);
    return OK;
  },
});

export const compileAndExecutePlan = defineStatement<CompilePlanNode>({
  name: 'compile-and-execute-plan',
  heads: [['COMPILE', 'AND', 'EXECUTE', 'PLAN']],
  syntax: "COMPILE AND EXECUTE PLAN 'file' FOR {insert | STATEMENT SET BEGIN … END}",
  summary: "Writes a job's plan to a file and runs it.",
  example: "COMPILE AND EXECUTE PLAN 'log.json' FOR INSERT INTO log SELECT user_id, currency FROM orders",
  parse: (parser, start) => ({
    statement: 'compile-and-execute-plan',
    ...parsePlan(parser),
    span: parser.spanFrom(start),
  }),
  async execute(node, context) {
    if (!existsSync(node.file)) await compile(node, context);
    return await run(node.file, context);
  },
});

export const executePlan = defineStatement<StatementNode & { readonly file: string }>({
  name: 'execute-plan',
  heads: [['EXECUTE', 'PLAN']],
  syntax: "EXECUTE PLAN 'file'",
  summary: 'Runs a plan that COMPILE PLAN has written.',
  example:
    "COMPILE PLAN 'copy.json' FOR INSERT INTO log SELECT user_id, currency FROM orders; EXECUTE PLAN 'copy.json'",
  parse: (parser, start) => ({ statement: 'execute-plan', file: parser.string(), span: parser.spanFrom(start) }),
  execute: ({ file }, context) => run(file, context),
});

function parsePlan(parser: Parser): Omit<CompilePlanNode, keyof StatementNode> {
  const file = parser.string();
  parser.record('~IF');
  const ifNotExists = parser.accept('IF', 'NOT', 'EXISTS');
  parser.expect('FOR');
  if (parser.accept('STATEMENT', 'SET')) return { file, ifNotExists, inserts: parseStatementSet(parser) };
  parser.record('UPSERT');
  parser.expect('INSERT');
  const overwrite = parser.accept('OVERWRITE');
  if (!overwrite) parser.expect('INTO');
  return { file, ifNotExists, inserts: [parseInsert(parser, overwrite)] };
}

async function compile({ file, ifNotExists, inserts }: CompilePlanNode, context: StatementContext): Promise<void> {
  if (existsSync(file)) {
    if (ifNotExists) return;
    throw tableError(
      `Cannot overwrite the plan file '${file}'. Either manually remove the file or, if you're debugging your job, set the option 'table.plan.force-recompile' to true.`,
    );
  }
  const graph = await planInserts(inserts, context.planner, planOptions(context));
  try {
    mkdirSync(dirname(resolve(file)), { recursive: true });
    writeFileSync(file, encodeJson(graph, 2), { mode: 0o600 });
  } catch (error) {
    throw tableError(`Unable to write the compiled plan '${file}' to disk.`, error);
  }
}

async function run(file: string, context: StatementContext): Promise<StatementResult> {
  const frame = `Failed to execute EXECUTE PLAN '${file}' statement.`;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    const cause = new EngineError('SQL_VALIDATION', `file resource [${file}] not found.`, {
      exceptionClass: 'java.io.FileNotFoundException',
    });
    throw tableError(frame, cause);
  }
  const graph = graphOf(text);
  if (!graph) throw tableError(frame, validationError(`The file '${file}' does not hold a plan of this version.`));
  const jobId = await context.jobs.submit(graph, { operationId: context.operationId });
  return { kind: 'job', jobId };
}

function graphOf(text: string): JobGraph | undefined {
  try {
    const graph = decodeJson<JobGraph>(text);
    return graph.version === JOB_GRAPH_VERSION && Array.isArray(graph.vertices) ? graph : undefined;
  } catch {
    return undefined;
  }
}
