/** The surroundings of computed columns and watermarks: the columns of one table and nothing else. */
import type { Field } from '../types/logical-type.ts';
import type { BindEnv } from './bind-env.ts';
import { bindError } from './bind-error.ts';
import type { Binding } from './binding.ts';
import { emptyEnv } from './empty-env.ts';

export function columnScope(fields: readonly Field[], binding: Binding): BindEnv {
  const env = emptyEnv(binding, null, null, refuseQuery, 'DDL');
  const columns = fields.map((field) => field.name);
  const relation = { name: null, path: [], columns, offset: 0 };
  return { ...env, scope: { fields, relations: [relation], common: [], parent: null } };
}

function refuseQuery(query: { readonly span: Parameters<typeof bindError>[1] }): never {
  throw bindError('Query expression encountered in illegal context', query.span);
}
