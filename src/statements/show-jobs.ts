/** SHOW JOBS. */
import { tableOf } from './answer.ts';
import { JOB_COLUMNS, jobRow } from './job-rows.ts';
import { defineStatement } from './statement.ts';

export const showJobs = defineStatement({
  name: 'show-jobs',
  heads: [['SHOW', 'JOBS']],
  syntax: 'SHOW JOBS',
  summary: 'Lists the jobs.',
  example: "SET 'pipeline.name' = 'copy'; INSERT INTO log SELECT * FROM clicks; SHOW JOBS",
  parse: (parser, start) => ({ statement: 'show-jobs', span: parser.spanFrom(start) }),
  execute: async (_node, { jobs }) => tableOf(JOB_COLUMNS, jobs.list().map(jobRow)),
});
