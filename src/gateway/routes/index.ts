/** The shelf of endpoints. A path of plain words comes before one with a parameter in its place. */
import type { Route } from '../route.ts';
import { apiVersions } from './api-versions.ts';
import { cancelJob } from './cancel-job.ts';
import { cancelJobByGet } from './cancel-job-by-get.ts';
import { cancelOperation } from './cancel-operation.ts';
import { checkpointConfig } from './checkpoint-config.ts';
import { checkpointDetails } from './checkpoint-details.ts';
import { checkpointStatus } from './checkpoint-status.ts';
import { clientPresence } from './client-presence.ts';
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
import { jobManagerConfig } from './job-manager-config.ts';
import { jobManagerLogs } from './job-manager-logs.ts';
import { jobMetrics } from './job-metrics.ts';
import { jobPlan } from './job-plan.ts';
import { jobStatus } from './job-status.ts';
import { jobsMetrics } from './jobs-metrics.ts';
import { jobsOverview } from './jobs-overview.ts';
import { listJobs } from './list-jobs.ts';
import { listenTcp } from './listen.ts';
import { openSession } from './open-session.ts';
import { operationStatus } from './operation-status.ts';
import { savepointStatus } from './savepoint-status.ts';
import { stopEngine } from './stop-engine.ts';
import { stopJob } from './stop-job.ts';
import { taskManagers } from './task-managers.ts';
import { triggerCheckpoint } from './trigger-checkpoint.ts';
import { triggerSavepoint } from './trigger-savepoint.ts';
import { vertexBackPressure } from './vertex-back-pressure.ts';
import { vertexDetails } from './vertex-details.ts';
import { vertexMetrics } from './vertex-metrics.ts';
import { vertexSubtask } from './vertex-subtask.ts';
import { vertexSubtaskTimes } from './vertex-subtask-times.ts';
import { vertexTaskManagers } from './vertex-taskmanagers.ts';
import { vertexWatermarks } from './vertex-watermarks.ts';

export const routes: readonly Route[] = [
  apiVersions,
  cancelJobByGet,
  cancelJob,
  cancelOperation,
  checkpointConfig,
  checkpointDetails,
  clientPresence,
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
  jobManagerConfig,
  jobManagerLogs,
  jobMetrics,
  jobPlan,
  jobStatus,
  jobsMetrics,
  jobsOverview,
  listJobs,
  listenTcp,
  openSession,
  operationStatus,
  savepointStatus,
  stopEngine,
  stopJob,
  taskManagers,
  triggerCheckpoint,
  triggerSavepoint,
  vertexBackPressure,
  vertexDetails,
  vertexMetrics,
  vertexSubtaskTimes,
  vertexTaskManagers,
  vertexWatermarks,
  checkpointStatus,
  jobDetails,
  vertexSubtask,
];
