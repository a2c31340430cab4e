/** `jdbc:mysql://host:port/database?…` and `jdbc:sqlite:path` as plain data. */
import { isAbsolute, join } from 'node:path';
import { EngineError } from '../../base/error.ts';

export type JdbcAddress =
  | {
      readonly dialect: 'mysql';
      readonly host: string;
      readonly port: number;
      readonly database: string;
      readonly parameters: Readonly<Record<string, string>>;
    }
  | { readonly dialect: 'sqlite'; readonly path: string };

/** A relative SQLite path lies under `home`. Throws `CONNECTOR_JDBC_URL` for other databases. */
export function parseJdbcUrl(url: string, home: string): JdbcAddress {
  const sqlite = /^jdbc:sqlite:(.+)$/.exec(url);
  if (sqlite) {
    const path = sqlite[1] as string;
    return { dialect: 'sqlite', path: isAbsolute(path) ? path : join(home, path) };
  }
  const mysql = /^jdbc:(?:mysql|mariadb):\/\/([^/:?]+)(?::(\d+))?\/([^?]*)(?:\?(.*))?$/.exec(url);
  if (!mysql)
    throw new EngineError(
      'CONNECTOR_JDBC_URL',
      `Could not find any jdbc factory that can handle url '${url}' that implements 'org.apache.flink.connector.jdbc.core.database.JdbcFactory' in the classpath.\n\nUse jdbc:mysql://host:3306/database or jdbc:sqlite:file.db.`,
      { exceptionClass: 'java.lang.IllegalStateException' },
    );
  return {
    dialect: 'mysql',
    host: mysql[1] as string,
    port: Number(mysql[2] ?? 3306),
    database: decodeURIComponent(mysql[3] as string),
    parameters: Object.fromEntries(new URLSearchParams(mysql[4] ?? '')),
  };
}
