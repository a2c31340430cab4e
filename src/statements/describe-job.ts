/** DESCRIBE JOB. */
import { EngineError } from '../base/error.ts';
import { tableOf } from './answer.ts';
import { JOB_COLUMNS, jobRow } from './job-rows.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface DescribeJobNode extends StatementNode {
  readonly job: string;
}

export const describeJob = defineStatement<DescribeJobNode>({
  name: 'describe-job',
  heads: [
    ['DESCRIBE', 'JOB'],
    ['DESC', 'JOB'],
  ],
  syntax: "{DESCRIBE | DESC} JOB 'job'",
  summary: 'Shows one job; it may be given by its name or the beginning of its id.',
  example: "SET 'pipeline.name' = 'copy'; INSERT INTO log SELECT * FROM clicks; DESCRIBE JOB 'copy'",
  parse: (parser, start) => ({ statement: 'describe-job', job: parser.string(), span: parser.spanFrom(start) }),
  async execute({ job }, { jobs, notice }) {
    try {
      const found = jobs.find(job);
      // Flink's four columns have no room for why a job failed.
      for (const cause of found.failure ?? []) notice(`[ERROR] ${cause}`);
      if (!found.failure && found.lastNotice !== null) notice(`[INFO] The job's last notice: ${found.lastNotice}`);
      return tableOf(JOB_COLUMNS, [jobRow(found)]);
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'JOB_NOT_FOUND') throw error;
      throw new EngineError('JOB_NOT_FOUND', `Described job ${job} does not exist in the cluster.`, {
        exceptionClass: 'org.apache.flink.table.gateway.service.utils.SqlExecutionException',
      });
    }
  },
});
