/** The shelf of statements: the parser chooses among their head words, HELP and completion list them. */

import { absentObjects } from './absent-objects.ts';
import { alterCatalog } from './alter-catalog.ts';
import { alterDatabase } from './alter-database.ts';
import { alterTable } from './alter-table.ts';
import { alterView } from './alter-view.ts';
import { analyzeTable } from './analyze-table.ts';
import { call } from './call.ts';
import { cancelJob, dropJob } from './cancel-job.ts';
import { createCatalog } from './create-catalog.ts';
import { createDatabase } from './create-database.ts';
import { alterFunction, createFunction } from './create-function.ts';
import { createTable } from './create-table.ts';
import { createView } from './create-view.ts';
import { describe } from './describe.ts';
import { describeCatalog } from './describe-catalog.ts';
import { describeDatabase } from './describe-database.ts';
import { describeFunction } from './describe-function.ts';
import { describeJob } from './describe-job.ts';
import { dropCatalog } from './drop-catalog.ts';
import { dropDatabase } from './drop-database.ts';
import { dropFunction } from './drop-function.ts';
import { dropTable, dropView } from './drop-table.ts';
import { execute } from './execute.ts';
import { explain } from './explain.ts';
import { insert } from './insert.ts';
import { loadModule, showModules, unloadModule, useModules } from './modules.ts';
import { compileAndExecutePlan, compilePlan, executePlan } from './plan-file.ts';
import { reset } from './reset.ts';
import { resumeJob } from './resume-job.ts';
import { deleteFrom, truncateTable, update } from './row-level.ts';
import { select } from './select.ts';
import { set } from './set.ts';
import { showCatalogs } from './show-catalogs.ts';
import { showCheckpoints } from './show-checkpoints.ts';
import { showColumns } from './show-columns.ts';
import { showCreateCatalog, showCreateDatabase, showCreateTable, showCreateView } from './show-create.ts';
import { showCurrentCatalog, showCurrentDatabase } from './show-current.ts';
import { showDatabases } from './show-databases.ts';
import { showFunctions } from './show-functions.ts';
import { showJobs } from './show-jobs.ts';
import { showPartitions } from './show-partitions.ts';
import { showProcedures } from './show-procedures.ts';
import { showTables, showViews } from './show-tables.ts';
import type { Statement } from './statement.ts';
import { beginStatementSet, endStatementSet, executeStatementSet, guarded } from './statement-set.ts';
import { stopJob } from './stop-job.ts';
import { clientCommands, unsupportedStatements } from './unsupported.ts';
import { use } from './use.ts';
import { useCatalog } from './use-catalog.ts';

const shelf = [
  select,
  insert,
  execute,
  explain,
  executeStatementSet,
  beginStatementSet,
  endStatementSet,
  compilePlan,
  compileAndExecutePlan,
  executePlan,
  createCatalog,
  createDatabase,
  createTable,
  createView,
  createFunction,
  alterCatalog,
  alterDatabase,
  alterTable,
  alterView,
  alterFunction,
  dropCatalog,
  dropDatabase,
  dropTable,
  dropView,
  dropFunction,
  use,
  useCatalog,
  useModules,
  loadModule,
  unloadModule,
  showCatalogs,
  showDatabases,
  showTables,
  showViews,
  showColumns,
  showFunctions,
  showModules,
  showPartitions,
  showProcedures,
  showCurrentCatalog,
  showCurrentDatabase,
  showCreateTable,
  showCreateView,
  showCreateCatalog,
  showCreateDatabase,
  describe,
  describeCatalog,
  describeDatabase,
  describeFunction,
  set,
  reset,
  call,
  showJobs,
  describeJob,
  stopJob,
  cancelJob,
  dropJob,
  resumeJob,
  showCheckpoints,
  deleteFrom,
  update,
  truncateTable,
  analyzeTable,
  ...absentObjects,
  ...unsupportedStatements,
  ...clientCommands,
] as readonly Statement[];

/** Every statement, each refused inside an open statement set unless it belongs there. */
export const statements: readonly Statement[] = shelf.map(guarded);
