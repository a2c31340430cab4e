/** The shelf of endpoints. A path of plain words comes before one with a parameter in its place. */
import type { Route } from '../route.ts';
import { apiVersions } from './api-versions.ts';
import { cancelJob } from './cancel-job.ts';
import { cancelJobByGet } from './cancel-job-by-get.ts';
import { cancelOperation } from './cancel-operation.ts';
import { checkpointConfig } from './checkpoint-config.ts';
import { checkpointDetails } from './checkpoint-details.ts';
import { checkpointStatus } from './checkpoint-status.ts';
import { closeOperation } from './close-operation.ts';
import { closeSession } from './close-session.ts';
import { clusterConfig } from './cluster-config.ts';
import { clusterOverview } from './cluster-overview.ts';
import { completeStatement } from './complete-statement.ts';
import { configureSession } from './configure-session.ts';
import { engineStatus } from './engine-status.ts';
import { executeStatement } from './execute-statement.ts';
import { fetchResults } from './fetch-results.ts';
import { getSession } from './get-session.ts';
import { heartbeat } from './heartbeat.ts';
import { info } from './info.ts';
import { jobAccumulators } from './job-accumulators.ts';
import { jobCheckpoints } from './job-checkpoints.ts';
import { jobConfig } from './job-config.ts';
import { jobDetails } from './job-details.ts';
import { jobExceptions } from './job-exceptions.ts';
import { jobExecutionResult } from './job-execution-result.ts';
import { jobMetrics } from './job-metrics.ts';
import { jobPlan } from './job-plan.ts';
import { jobStatus } from './job-status.ts';
import { jobsOverview } from './jobs-overview.ts';
import { listJobs } from './list-jobs.ts';
import { listenTcp } from './listen.ts';
import { openSession } from './open-session.ts';
import { operationStatus } from './operation-status.ts';
import { savepointStatus } from './savepoint-status.ts';
import { stopEngine } from './stop-engine.ts';
import { stopJob } from './stop-job.ts';
import { triggerCheckpoint } from './trigger-checkpoint.ts';
import { triggerSavepoint } from './trigger-savepoint.ts';

export const routes: readonly Route[] = [
  apiVersions,
  cancelJobByGet,
  cancelJob,
  cancelOperation,
  checkpointConfig,
  checkpointDetails,
  closeOperation,
  closeSession,
  clusterConfig,
  clusterOverview,
  completeStatement,
  configureSession,
  engineStatus,
  executeStatement,
  fetchResults,
  getSession,
  heartbeat,
  info,
  jobAccumulators,
  jobCheckpoints,
  jobConfig,
  jobExceptions,
  jobExecutionResult,
  jobMetrics,
  jobPlan,
  jobStatus,
  jobsOverview,
  listJobs,
  listenTcp,
  openSession,
  operationStatus,
  savepointStatus,
  stopEngine,
  stopJob,
  triggerCheckpoint,
  triggerSavepoint,
  checkpointStatus,
  jobDetails,
];
