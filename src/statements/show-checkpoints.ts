/** SHOW CHECKPOINTS, Millrace's own. */
import { tableOf } from './answer.ts';
import { CHECKPOINT_COLUMNS, checkpointRow } from './job-rows.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface ShowCheckpointsNode extends StatementNode {
  readonly job: string | undefined;
}

export const showCheckpoints = defineStatement<ShowCheckpointsNode>({
  name: 'show-checkpoints',
  heads: [['SHOW', 'CHECKPOINTS']],
  syntax: "SHOW CHECKPOINTS [FOR JOB 'job']",
  summary: 'Lists the checkpoints and savepoints of a job, or of all.',
  example: "SET 'pipeline.name' = 'copy'; INSERT INTO log SELECT * FROM clicks; SHOW CHECKPOINTS FOR JOB 'copy'",
  parse(parser, start) {
    let job: string | undefined;
    if (parser.accept('FOR')) {
      parser.expect('JOB');
      job = parser.string();
    }
    return { statement: 'show-checkpoints', job, span: parser.spanFrom(start) };
  },
  async execute({ job }, { jobs }) {
    const ids = job === undefined ? jobs.list().map(({ id }) => id) : [jobs.find(job).id];
    const rows = ids.flatMap((id) => jobs.checkpoints(id).map((checkpoint) => checkpointRow(id, checkpoint)));
    return tableOf(CHECKPOINT_COLUMNS, rows);
  },
});
