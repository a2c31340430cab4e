/** Passwords do not enter a JobGraph: options that are secret are replaced by references, which the runtime resolves when a job starts. */
import { isSecretKey } from '../base/secret.ts';
import type { ConnectorTable } from '../dataflow/operator-spec.ts';

/** Where secrets are kept; the runtime's. */
export interface SecretStore {
  /** Keeps a secret and gives its id; the same secret gives the same id. */
  put(secret: string): string;
}

const SECRET_PREFIX = 'secret:';

/** The table with its secrets replaced by references; as it is when there is no store (a query that is only shown). */
export function withSecretReferences(table: ConnectorTable, store: SecretStore | undefined): ConnectorTable {
  if (store === undefined) return table;
  const entries = Object.entries(table.options);
  if (!entries.some(([key]) => isSecretKey(key))) return table;
  const options = Object.fromEntries(
    entries.map(([key, value]) =>
      isSecretKey(key) && !value.startsWith(SECRET_PREFIX) ? [key, SECRET_PREFIX + store.put(value)] : [key, value],
    ),
  );
  return { ...table, options };
}
