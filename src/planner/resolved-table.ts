/** A table as the planner holds it: its path, its descriptor with the OPTIONS hints merged in, and its connector's ends. */
import type { ObjectPath } from '../catalog/object-path.ts';
import type { TableDescriptor } from '../catalog/table-descriptor.ts';
import type { Connector, TableContext } from '../connectors/connector.ts';

export interface ResolvedTable {
  readonly path: ObjectPath;
  readonly descriptor: TableDescriptor;
  readonly isTemporary: boolean;
  readonly connector: Connector;
  readonly context: TableContext;
}
