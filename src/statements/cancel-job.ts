/** CANCEL JOB and DROP JOB, Millrace's own. */
import { OK } from './answer.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface JobNode extends StatementNode {
  readonly job: string;
}

export const cancelJob = defineStatement<JobNode>({
  name: 'cancel-job',
  heads: [['CANCEL', 'JOB']],
  syntax: "CANCEL JOB 'job'",
  summary: 'Ends a job at once; its checkpoints stay.',
  example: "SET 'pipeline.name' = 'copy'; INSERT INTO log SELECT * FROM clicks; CANCEL JOB 'copy'",
  parse: (parser, start) => ({ statement: 'cancel-job', job: parser.string(), span: parser.spanFrom(start) }),
  async execute({ job }, { jobs }) {
    await jobs.cancel(jobs.find(job).id);
    return OK;
  },
});

export const dropJob = defineStatement<JobNode>({
  name: 'drop-job',
  heads: [['DROP', 'JOB']],
  syntax: "DROP JOB 'job'",
  summary: 'Forgets a job that has ended, with its checkpoints.',
  example: "SET 'pipeline.name' = 'copy'; INSERT INTO log SELECT * FROM clicks; CANCEL JOB 'copy'; DROP JOB 'copy'",
  parse: (parser, start) => ({ statement: 'drop-job', job: parser.string(), span: parser.spanFrom(start) }),
  async execute({ job }, { jobs }) {
    await jobs.drop(jobs.find(job).id);
    return OK;
  },
});
