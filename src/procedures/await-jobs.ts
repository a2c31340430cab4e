/** `CALL sys.await_jobs()`: waits until every job has committed all that its sources held. */
import { types } from '../types/logical-type.ts';
import { defineProcedure } from './procedure.ts';

export const awaitJobs = defineProcedure({
  name: 'await_jobs',
  summary: 'Waits until every running job has committed all that its sources held.',
  args: [],
  async call(_args, context) {
    const start = context.clock.now();
    await context.jobs.settle((text) => context.progress(text));
    const rows = context.jobs
      .list()
      .filter((job) => job.status === 'RUNNING')
      .map((job) => [job.id, job.name, BigInt(job.recordsIn), BigInt(context.clock.now() - start)]);
    return {
      columns: [
        { name: 'job id', type: types.string() },
        { name: 'job name', type: types.string() },
        { name: 'records in', type: types.bigint() },
        { name: 'waited ms', type: types.bigint() },
      ],
      rows,
    };
  },
});
