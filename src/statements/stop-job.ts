/** STOP JOB. */

import { grammarError } from '../parser/syntax-error.ts';
import { listOf, OK } from './answer.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface StopJobNode extends StatementNode {
  readonly job: string;
  readonly savepoint: boolean;
  readonly drain: boolean;
}

export const stopJob = defineStatement<StopJobNode>({
  name: 'stop-job',
  heads: [['STOP', 'JOB']],
  syntax: "STOP JOB 'job' [WITH SAVEPOINT [WITH DRAIN]]",
  summary: 'Cancels a job, or stops it with a savepoint.',
  example: "SET 'pipeline.name' = 'copy'; INSERT INTO log SELECT * FROM clicks; STOP JOB 'copy' WITH SAVEPOINT",
  parse(parser, start) {
    const job = parser.quotedString();
    const savepoint = parser.accept('WITH', 'SAVEPOINT');
    if (!savepoint && parser.sees('WITH') && !parser.sees('WITH', 'DRAIN')) {
      parser.markLookahead(2);
      parser.unexpected();
    }
    const drainSpan = parser.peekSpan();
    const drain = parser.accept('WITH', 'DRAIN');
    if (drain && !savepoint) throw grammarError('WITH DRAIN could only be used after WITH SAVEPOINT.', drainSpan);
    return { statement: 'stop-job', job, savepoint, drain, span: parser.spanFrom(start) };
  },
  async execute({ job, savepoint, drain }, { jobs, planner }) {
    const { id } = jobs.find(job);
    const targetDirectory =
      planner.config('execution.checkpointing.savepoint-dir') ?? planner.config('state.savepoints.dir');
    const path = await jobs.stop(id, {
      savepoint,
      drain,
      ...(targetDirectory === undefined ? {} : { targetDirectory }),
    });
    return savepoint && path !== null ? listOf('savepoint path', [path]) : OK;
  },
});
