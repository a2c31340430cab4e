/** What a catalog is: databases of tables and views, and functions by name. Names are case-sensitive. */
import type { CatalogObject } from './table-descriptor.ts';

export interface DatabaseDescriptor {
  readonly comment?: string;
  readonly properties: Readonly<Record<string, string>>;
}

export interface FunctionDescriptor {
  readonly className: string;
  readonly language: string;
}

/** Errors bear Flink's texts: `CATALOG_…` codes with DatabaseNotExistException and its kin as exception classes. */
export interface Catalog {
  readonly name: string;
  readonly type: string;
  readonly options: Readonly<Record<string, string>>;
  readonly comment?: string;
  readonly defaultDatabase: string;
  listDatabases(): Promise<string[]>;
  getDatabase(name: string): Promise<DatabaseDescriptor | undefined>;
  createDatabase(name: string, database: DatabaseDescriptor, ignoreIfExists: boolean): Promise<void>;
  alterDatabase(name: string, database: DatabaseDescriptor): Promise<void>;
  /** Throws when it is not empty and not `cascade`. */
  dropDatabase(name: string, ignoreIfNotExists: boolean, cascade: boolean): Promise<void>;
  /** Tables and views, sorted. */
  listObjects(database: string): Promise<string[]>;
  getObject(database: string, name: string): Promise<CatalogObject | undefined>;
  createObject(database: string, name: string, object: CatalogObject, ignoreIfExists: boolean): Promise<void>;
  alterObject(database: string, name: string, object: CatalogObject): Promise<void>;
  renameObject(database: string, name: string, newName: string): Promise<void>;
  dropObject(database: string, name: string): Promise<void>;
  listFunctions(database: string): Promise<string[]>;
  getFunction(database: string, name: string): Promise<FunctionDescriptor | undefined>;
  createFunction(database: string, name: string, fn: FunctionDescriptor): Promise<void>;
  dropFunction(database: string, name: string): Promise<void>;
  close(): Promise<void>;
}
