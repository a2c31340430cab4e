/** FROM_CHANGELOG and TO_CHANGELOG, Flink's built-in process table functions: their arguments by name or place, and what they refuse. */
import type { ChangeCode, ChangelogFunction } from '../dataflow/operator-spec.ts';
import { type Expression, literal } from '../expressions/expression.ts';
import { printExpression } from '../expressions/print-expression.ts';
import { familyName, invalidCall } from '../functions/call-error.ts';
import type { SqlExpression } from '../parser/ast.ts';
import { type Field, type LogicalType, types, withNullable } from '../types/logical-type.ts';
import { isText } from '../types/type-family.ts';
import { typeSummary } from '../types/type-name.ts';
import { bindError, planError } from './bind-error.ts';
import { bindExpression } from './bind-expression.ts';
import { bindFrom, derivedItem, type FromEnv, type FromItem } from './bind-from.ts';
import { changeCodes } from './change-codes.ts';
import { referencesTo } from './conditions.ts';
import { emptyEnv } from './empty-env.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { recordText } from './print-logical-plan.ts';
import { noBatchPlan, passedColumns } from './process-table.ts';
import { runtimeMode } from './setting-value.ts';
import { uniqueNames } from './unique-names.ts';

type FunctionNode = Extract<SqlExpression, { kind: 'function' }>;

const PARAMETERS = ['input', 'op', 'op_mapping', 'on_time', 'uid'] as const;
type Parameter = (typeof PARAMETERS)[number];

const INPUTS: Readonly<Record<ChangelogFunction, string>> = {
  FROM_CHANGELOG: '{TABLE, ROW SEMANTIC TABLE}',
  TO_CHANGELOG: '{TABLE, ROW SEMANTIC TABLE, SUPPORT UPDATES, REQUIRE UPDATE BEFORE, REQUIRE FULL DELETE}',
};

/** The types of what is not given, in the texts of refusals. */
const SUMMARIES = {
  op: 'DESCRIPTOR',
  op_mapping: 'MAP<STRING, STRING>',
  on_time: 'DESCRIPTOR',
  uid: 'STRING',
} as const;
const FAMILIES = {
  op: 'COLUMN_LIST',
  op_mapping: '(VARCHAR(2147483647), VARCHAR(2147483647)) MAP',
  on_time: 'COLUMN_LIST',
  uid: 'CHARACTER',
} as const;

export function isProcessTableFunction(name: string): name is ChangelogFunction {
  return Object.hasOwn(INPUTS, name);
}

export function bindProcessTableFunction(node: FunctionNode, name: ChangelogFunction, env: FromEnv): FromItem {
  const call = new ProcessTableCall(node, name, env);
  const plan = call.bind();
  return derivedItem({ plan, names: plan.fields.map((field) => field.name) }, node.span);
}

class ProcessTableCall {
  readonly #node: FunctionNode;
  readonly #name: ChangelogFunction;
  readonly #env: FromEnv;
  /** What was given; DEFAULT and NULL count as not given. */
  readonly #args = new Map<Parameter, SqlExpression>();
  readonly #bound = new Map<Parameter, Expression>();
  #input: FromItem | undefined;
  /** Arguments behind the last parameter. */
  #surplus: readonly SqlExpression[] = [];

  constructor(node: FunctionNode, name: ChangelogFunction, env: FromEnv) {
    this.#node = node;
    this.#name = name;
    this.#env = env;
  }

  bind(): LogicalPlan {
    this.#place();
    this.#bindArguments();
    this.#checkTypes();
    const input = (this.#input as FromItem).plan;
    const opName = this.#opName();
    const opColumn = this.#name === 'FROM_CHANGELOG' ? this.#opColumn(opName, input.fields) : null;
    const codes = this.#codes();
    const timeColumn = this.#timeColumn(input.fields);
    const uid = this.#uid();
    const passed = passedColumns({ function: this.#name, opColumn, timeColumn: null }, input.fields).map(
      (column) => input.fields[column] as Field,
    );
    const fields = opColumn === null ? this.#withCode(opName, passed) : passed;
    if (runtimeMode(this.#env.binding.context) === 'batch') throw noBatchPlan(this.#name);
    if (fields.length === 0) throw planError(`${this.#name} needs a column besides its op column.`);
    return {
      kind: 'ProcessTableFunction',
      fields: timeColumn === null ? fields : uniqueNames([...fields, rowtimeField(input.fields[timeColumn] as Field)]),
      input,
      function: this.#name,
      invocation: this.#invocation(),
      uid,
      codes,
      opColumn,
      timeColumn,
    };
  }

  /** Each argument to its parameter. A name that is none is not looked at, as in Flink. */
  #place(): void {
    const { args, argNames, span } = this.#node;
    if (!argNames) {
      if (args.length === 0) throw this.#noMatch([]);
      PARAMETERS.forEach((parameter, i) => {
        const arg = args[i];
        if (arg) this.#args.set(parameter, arg);
      });
      this.#surplus = args.slice(PARAMETERS.length);
      return;
    }
    for (const [i, argName] of argNames.entries()) {
      const given = argName?.parts[0];
      if (argName === null || given === undefined)
        throw bindError(`${this.#name} takes its arguments either all by name or all by place`, span);
      const meant = PARAMETERS.find((parameter) => parameter === given.toLowerCase());
      if (meant !== undefined && meant !== given)
        throw bindError(
          `Param '${given}' not found in function '${this.#node.name.join('.')}'; did you mean '${meant}'?`,
          argName.span,
        );
      if (meant !== undefined && !this.#args.has(meant)) this.#args.set(meant, args[i] as SqlExpression);
    }
    if (!this.#args.has('input')) throw bindError('DEFAULT is only allowed for optional parameters', span);
  }

  #bindArguments(): void {
    const { binding, withScope, outer, bindQuery } = this.#env;
    const scopeless = emptyEnv(binding, withScope, outer, bindQuery, 'SELECT');
    for (const [parameter, arg] of this.#args) {
      if (parameter === 'input') this.#bindInput(arg);
      if (isAbsent(arg)) this.#args.delete(parameter);
      else if (arg.kind !== 'descriptor' && (parameter !== 'input' || this.#input === undefined))
        this.#bound.set(parameter, bindExpression(arg, scopeless));
    }
    if (this.#surplus.length > 0) throw this.#noMatch(this.#surplus.map((arg) => bindExpression(arg, scopeless)));
  }

  #bindInput(arg: SqlExpression): void {
    const { binding, withScope, outer, bindQuery } = this.#env;
    if (arg.kind === 'subquery') {
      this.#input = derivedItem(bindQuery(arg.query, binding, withScope, outer), arg.span);
    } else if (arg.kind === 'table-argument') {
      const item = bindFrom(arg.table, this.#env);
      const { plan } = item;
      const copy = {
        kind: 'Project',
        fields: plan.fields,
        input: plan,
        expressions: referencesTo(plan.fields),
      } as const;
      this.#input = { ...item, plan: copy };
      const clause = arg.partitionBy.length > 0 ? 'partitioned' : arg.orderBy.length > 0 ? 'ordered' : undefined;
      if (clause !== undefined)
        throw bindError(
          `Only tables with set semantics may be ${clause}. Invalid ${clause === 'ordered' ? 'ORDER' : 'PARTITION'} BY clause in the 0-th operand of table function '${this.#name}'`,
          this.#node.span,
        );
    }
  }

  #checkTypes(): void {
    const isDescriptor = (parameter: Parameter) => !this.#bound.has(parameter);
    const isOf = (parameter: Parameter, test: (type: LogicalType) => boolean) => {
      const bound = this.#bound.get(parameter);
      return bound ? test(bound.type) : !this.#args.has(parameter);
    };
    const isMap = isOf('op_mapping', (type) => type.kind === 'MAP');
    if (!isDescriptor('op') || !isMap || !isDescriptor('on_time') || !isOf('uid', isText)) throw this.#noMatch([]);
    if (this.#input === undefined)
      throw this.#refuse(`Invalid argument value. Argument 'input' expects a table to be passed.`);
  }

  #opName(): string {
    const columns = this.#descriptor('op');
    if (columns === undefined) return 'op';
    const [first] = columns;
    if (first === undefined || columns.length > 1)
      throw this.#refuse(`The descriptor for argument 'op' must contain exactly one column name.`);
    return first;
  }

  #opColumn(name: string, fields: readonly Field[]): number {
    const column = fields.findIndex((field) => field.name === name);
    const type = fields[column]?.type;
    if (type === undefined) throw this.#refuse(`The op column '${name}' does not exist in the input schema.`);
    if (!isText(type))
      throw this.#refuse(`The op column '${name}' must be of STRING type, but was '${typeSummary(type)}'.`);
    return column;
  }

  #withCode(name: string, fields: readonly Field[]): readonly Field[] {
    if (fields.some((field) => field.name === name))
      throw this.#refuse(`Field names must be unique. Found duplicates: [${name}]`);
    return [{ name, type: types.string() }, ...fields];
  }

  #codes(): readonly ChangeCode[] {
    const mapping = this.#bound.get('op_mapping');
    const isGiven = mapping !== undefined && !(mapping.kind === 'literal' && mapping.value === null);
    return changeCodes(this.#name, isGiven ? mapping : undefined, (text) => this.#refuse(text));
  }

  #timeColumn(fields: readonly Field[]): number | null {
    const names = this.#descriptor('on_time');
    if (names === undefined) return null;
    const unknown = names.filter((name) => !fields.some((field) => field.name === name));
    if (unknown.length > 0)
      throw this.#refuse(
        `Invalid time attribute declaration. Each column in the \`on_time\` argument must reference at least one column in one of the table arguments. Unknown references: [${unknown.join(', ')}]`,
      );
    if (names.length > 1)
      throw this.#refuse(
        `Ambiguous time attribute found. The \`on_time\` argument must reference at most one column in a table argument. Currently, the columns in \`on_time\` point to both '${names[0]}' and '${names[1]}' in table argument 'input'.`,
      );
    const column = fields.findIndex((field) => field.name === names[0]);
    const type = fields[column]?.type;
    if ((type?.kind !== 'TIMESTAMP' && type?.kind !== 'TIMESTAMP_LTZ') || type.precision > 3)
      throw this.#refuse(
        `Unsupported data type for time attribute. The \`on_time\` argument must reference a TIMESTAMP or TIMESTAMP_LTZ column (up to precision 3). However, column '${names[0]}' in table argument 'input' has data type '${type && typeSummary(type)}'.`,
      );
    return column;
  }

  #uid(): string | null {
    const bound = this.#bound.get('uid');
    if (bound === undefined || (bound.kind === 'literal' && bound.value === null)) return null;
    const text = bound.kind === 'literal' ? String(bound.value) : '';
    if (!/^[a-zA-Z_][a-zA-Z\-_0-9]*$/.test(text))
      throw this.#refuse(
        `Invalid unique identifier for process table function. The \`uid\` argument must be a string literal that follows the pattern [a-zA-Z_][a-zA-Z-_0-9]*. But found: ${text}`,
      );
    return text;
  }

  #descriptor(parameter: Parameter): string[] | undefined {
    const arg = this.#args.get(parameter);
    return arg?.kind === 'descriptor' ? arg.columns.map((column) => column.parts.at(-1) as string) : undefined;
  }

  /** Flink's inference refuses the call, with its types as they were given. */
  #refuse(text: string): Error {
    const texts = PARAMETERS.map((parameter) => {
      const bound = this.#bound.get(parameter);
      if (bound) return typeSummary(bound.type);
      if (parameter !== 'input')
        return this.#args.has(parameter) ? `${SUMMARIES[parameter]} NOT NULL` : SUMMARIES[parameter];
      return typeSummary({ kind: 'ROW', fields: this.#input?.plan.fields ?? [], nullable: false });
    });
    return invalidCall(this.#name, texts, text);
  }

  /** No function takes arguments of these families. */
  #noMatch(surplus: readonly Expression[]): Error {
    const given = PARAMETERS.map((parameter) => {
      const bound = this.#bound.get(parameter);
      if (bound) return familyName(bound.type);
      return parameter === 'input' ? recordText(this.#input?.plan.fields ?? []) : FAMILIES[parameter];
    });
    const families = this.#args.size === 0 ? [] : [...given, ...surplus.map((arg) => familyName(arg.type))];
    return bindError(
      `No match found for function signature ${this.#name}(${families.map((family) => `<${family}>`).join(', ')}).\nSupported signatures are:\n${this.#name}(input => ${INPUTS[this.#name]}, op => DESCRIPTOR, op_mapping => MAP<STRING, STRING>, on_time => DESCRIPTOR, uid => STRING)`,
      this.#node.span,
    );
  }

  #invocation(): string {
    const text = (parameter: Parameter): string => {
      const names = this.#descriptor(parameter);
      const bound = this.#bound.get(parameter);
      if (names)
        return `DESCRIPTOR(${names.map((name) => printExpression(literal(name, types.char(name.length, false)), { style: 'logical' })).join(', ')})`;
      return bound ? printExpression(bound, { style: 'logical' }) : 'DEFAULT()';
    };
    return `${this.#name}(${['TABLE(#0)', ...PARAMETERS.slice(1).map(text)].join(', ')})`;
  }
}

function isAbsent(arg: SqlExpression): boolean {
  return arg.kind === 'null' || (arg.kind === 'symbol' && arg.name === 'DEFAULT');
}

/** `on_time` orders the output: a rowtime of its own. */
function rowtimeField({ type }: Field): Field {
  return { name: 'rowtime', type: withNullable({ ...type, timeAttribute: 'rowtime' } as LogicalType, false) };
}
