/** CREATE VIEW: the columns of its query, under the names given. */
import { EngineError } from '../base/error.ts';
import type { ViewDescriptor } from '../catalog/table-descriptor.ts';
import type { Query, QueryBody } from '../parser/ast.ts';
import { bareError, planError, unwrapForDdl } from './bind-error.ts';
import { bindQueryTree } from './bind-query.ts';
import { createBinding } from './binding.ts';
import type { PlannerContext } from './planner-context.ts';

/** `names` may be empty. Time attributes stay: who reads the view needs them. */
export async function bindView(
  query: Query,
  names: readonly string[],
  context: PlannerContext,
): Promise<ViewDescriptor['columns']> {
  const binding = await createBinding(context, [query]);
  try {
    const bound = binding.validated(() => bindQueryTree(query, binding, null, null));
    if (names.length === 0) checkNames(query, bound.names);
    else if (names.length !== bound.names.length)
      throw planError(
        `VIEW definition and input fields not match:\n\tDef fields: [${names.join(', ')}].\n\tInput fields: [${bound.names.join(', ')}].`,
        'org.apache.flink.table.api.ValidationException',
      );
    return bound.plan.fields.map((field, i) => ({ name: names[i] ?? bound.names[i] ?? field.name, type: field.type }));
  } catch (error) {
    throw error instanceof EngineError ? unwrapForDdl(error) : error;
  }
}

/** Two columns of one name are refused, with the place of the first. */
function checkNames(query: Query, names: readonly string[]): void {
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated === undefined) return;
  const items = query.body.kind === 'select' ? query.body.items : [];
  const place = items[names.indexOf(repeated)]?.expression.span ?? spanOf(query.body);
  throw bareError(
    `A column with the same name \`${repeated}\` has been defined at line ${place.line}, column ${place.column}.`,
    'org.apache.flink.sql.parser.error.SqlValidateException',
  );
}

function spanOf(body: QueryBody) {
  return body.span;
}
