/** RESUME JOB, Millrace's own: a job goes on from a checkpoint. */
import { validationError } from '../base/error.ts';
import { MEMORY_SIZE } from '../runtime/job-settings.ts';
import { defineStatement, type StatementNode } from './statement.ts';

interface ResumeJobNode extends StatementNode {
  readonly job: string;
  /** A checkpoint's number or a path; absent: the newest. */
  readonly from: string | undefined;
  readonly options: Readonly<Record<string, string>>;
}

const ALLOW_DUPLICATES = 'allow-duplicates';

export const resumeJob = defineStatement<ResumeJobNode>({
  name: 'resume-job',
  heads: [['RESUME', 'JOB']],
  syntax: "RESUME JOB 'job' [FROM CHECKPOINT n | FROM 'path'] [WITH ('allow-duplicates' = 'true')]",
  summary: 'Starts a stopped or failed job again, from its newest checkpoint or another.',
  example:
    "SET 'pipeline.name' = 'copy'; INSERT INTO log SELECT * FROM clicks; STOP JOB 'copy' WITH SAVEPOINT; RESUME JOB 'copy'",
  parse(parser, start) {
    const job = parser.string();
    let from: string | undefined;
    if (parser.accept('FROM')) from = parser.accept('CHECKPOINT') ? String(parser.integer()) : parser.string();
    const options = parser.accept('WITH') ? parser.options() : {};
    return { statement: 'resume-job', job, from, options, span: parser.spanFrom(start) };
  },
  async execute({ job, from, options }, { jobs, session }) {
    const unknown = Object.keys(options).find((key) => key !== ALLOW_DUPLICATES);
    if (unknown !== undefined)
      throw validationError(`Unsupported option '${unknown}' of RESUME JOB. Supported options: ${ALLOW_DUPLICATES}`);
    const allowDuplicates = options[ALLOW_DUPLICATES]?.toLowerCase() === 'true';
    const memorySize = session.config.get(MEMORY_SIZE);
    const jobId = await jobs.resume(jobs.find(job).id, {
      allowDuplicates,
      ...(from === undefined ? {} : { from }),
      ...(memorySize === undefined ? {} : { memorySize }),
    });
    return { kind: 'job', jobId };
  },
});
