/** `GET /jobs/:jobid/checkpoints/config`: how checkpoints are taken. Of the JobManager's REST. */
import { jobManagerError } from '../rest-error.ts';
import { defineRoute, jobOf } from '../route.ts';

export const checkpointConfig = defineRoute({
  method: 'GET',
  path: '/jobs/:jobid/checkpoints/config',
  since: 1,
  requestName: 'EmptyRequestBody',
  handle: async (request) => {
    const settings = request.engine.jobs.checkpointSettings(jobOf(request).summary.id);
    return {
      mode: 'exactly_once',
      interval: settings.intervalMs,
      timeout: settings.timeoutMs,
      min_pause: settings.minPauseMs,
      max_concurrent: 1,
      externalization: {
        enabled: settings.retention !== 'NO_EXTERNALIZED_CHECKPOINTS',
        delete_on_cancellation: settings.retention === 'DELETE_ON_CANCELLATION',
      },
      state_backend: 'HashMapStateBackend',
      checkpoint_storage: 'FileSystemCheckpointStorage',
      unaligned_checkpoints: false,
      tolerable_failed_checkpoints: settings.tolerableFailures,
      aligned_checkpoint_timeout: 0,
      checkpoints_after_tasks_finish: true,
      state_changelog_enabled: false,
      changelog_periodic_materialization_interval: 600000,
      changelog_storage: 'memory',
    };
  },
  error: jobManagerError,
});
