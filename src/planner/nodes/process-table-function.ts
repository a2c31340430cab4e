/** FROM_CHANGELOG and TO_CHANGELOG: changes as rows, and rows as changes. */
import { validationError } from '../../base/error.ts';
import { recordText } from '../print-logical-plan.ts';
import { passedColumns } from '../process-table.ts';
import { ALL_CHANGES, defineNode, INSERT_ONLY, isInsertOnlyKinds } from './node.ts';
import { inputOf, wantsRetractions } from './node-inputs.ts';

export const processTableFunctionNode = defineNode({
  kind: 'ProcessTableFunction',
  summary: 'Makes rows of changes, with their kind in a column, and changes of such rows.',
  examples: [
    'SELECT * FROM TO_CHANGELOG(TABLE rates)',
    "SELECT id FROM FROM_CHANGELOG((SELECT id, 'INSERT' AS op FROM orders))",
  ],
  accepts: (node) => (node.function === 'FROM_CHANGELOG' ? 'insert' : 'all'),
  produces(node, [input]) {
    const gives = node.function === 'FROM_CHANGELOG' ? ALL_CHANGES : INSERT_ONLY;
    if (node.timeColumn !== null && !(isInsertOnlyKinds(gives) && isInsertOnlyKinds(input ?? ALL_CHANGES)))
      throw validationError(
        'Time operations using the `on_time` argument are currently not supported for PTFs that consume or produce updates.',
      );
    return gives;
  },
  /** FROM_CHANGELOG says -U wherever its rows do. */
  alternatives: (node, request) =>
    node.function === 'FROM_CHANGELOG' && request === 'after' ? [] : wantsRetractions(node),
  explain: (node) => [
    ['invocation', `[${node.invocation}]`],
    ['uid', `[${node.uid}]`],
    ['select', `[${node.fields.map((field) => field.name).join(',')}]`],
    ['rowType', `[${recordText(node.fields)}]`],
  ],
  lower: (node) => ({
    kind: 'ProcessTableFunction',
    function: node.function,
    codes: node.codes,
    opColumn: node.opColumn,
    passed: passedColumns(node, inputOf(node).fields),
  }),
});
