/** An Engine with everything that the house has: the shelves, the catalogs of a home, jobs in processes or in this one. */
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { openStore } from '../base/store.ts';
import { CatalogRegistry } from '../catalog/catalog-registry.ts';
import { SessionCatalogs } from '../catalog/session-catalogs.ts';
import { defaultParts } from '../runtime/default-parts.ts';
import { type JobHost, localJobHost } from '../runtime/job-host.ts';
import { processJobHost } from '../runtime/job-processes.ts';
import { SecretFile, secretResolver } from '../runtime/secrets.ts';
import { statements } from '../statements/index.ts';
import { complete } from './complete.ts';
import { Engine } from './engine.ts';
import { callProcedure, procedureNames } from './procedure-call.ts';

export interface StandardEngineOptions {
  readonly home: string;
  readonly clock: Clock;
  /** Settings under those of every session. */
  readonly config?: Readonly<Record<string, string>>;
  /** Program and arguments of a job process; absent: jobs run in this process. */
  readonly jobCommand?: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Opens the engine of a home; the folder is made when absent. Throws `GATEWAY_HOME_TAKEN` when another engine has it. */
export async function openStandardEngine(options: StandardEngineOptions): Promise<Engine> {
  const { home, clock } = options;
  const folder = join(home, '.engine');
  const localHost = localJobHost({ parts: defaultParts(secretResolver(home)), clock });
  return await Engine.open({
    home,
    clock,
    lockPath: join(home, 'locks', 'engine.lock'),
    openStore: () => openStore(join(folder, 'jobs')),
    openHost: () => hostOf(options, folder, localHost),
    localHost,
    statements,
    secrets: new SecretFile(home),
    openCatalogs: async () => {
      const registry = await CatalogRegistry.open(home);
      return {
        open: (config) =>
          SessionCatalogs.create(registry, {
            ...optional('catalogName', config('table.builtin-catalog-name')),
            ...optional('databaseName', config('table.builtin-database-name')),
          }),
        close: () => registry.close(),
      };
    },
    call: callProcedure,
    procedures: procedureNames,
    complete,
    config: options.config ?? {},
  });
}

function hostOf(options: StandardEngineOptions, folder: string, localHost: JobHost): JobHost {
  if (!options.jobCommand) return localHost;
  return processJobHost({
    runDir: join(folder, 'run'),
    clock: options.clock,
    command: options.jobCommand,
    environment: options.environment ?? {},
  });
}

function optional<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [key]: value } as Partial<Record<K, string>>);
}
