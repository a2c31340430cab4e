/**
 * `npm run fuzz -- [--seed 1] [--cases 50000]`: random queries, each computed in several ways to one result (see
 * `test/oracle/check-case.ts`). A difference is printed with its seed and the smallest query found; the exit code is then 1, and after
 * `--most` of them it ends. With `--questions FOLDER [--mode batch]` the cases are written there, to ask another engine.
 */
import { parseArgs } from 'node:util';
import { checkCase, describeCase, type Outcome, randomCase } from '../test/oracle/check-case.ts';
import { shrink } from '../test/oracle/choices.ts';
import { writeQuestions } from './fuzz-questions.ts';

const SHRINK_TRIES = 600;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    cases: { type: 'string', default: '50000' },
    most: { type: 'string', default: '10' },
    questions: { type: 'string' },
    mode: { type: 'string', default: 'streaming' },
  },
});
const first = Number(values.seed);
if (values.questions !== undefined) {
  writeQuestions(values.questions, values.mode === 'batch' ? 'batch' : 'streaming', first, Number(values.cases));
  process.exit();
}
const counts = new Map<Outcome | 'different', number>();
const started = performance.now();
for (let seed = first; seed < first + Number(values.cases); seed++) {
  const outcome = await checkCase(randomCase(seed)).catch(async (error: Error) => {
    await report(seed, error);
    return 'different' as const;
  });
  counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  if (counts.get('different') === Number(values.most)) break;
}
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(`${[...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ')} in ${seconds} s`);
process.exitCode = counts.has('different') ? 1 : 0;

async function report(seed: number, error: Error): Promise<void> {
  const { taken } = randomCase(seed);
  const sameKind = (other: Error) => kindOf(other) === kindOf(error);
  const smallest = await shrink(
    taken,
    (candidate) =>
      checkCase(randomCase(seed, candidate)).then(
        () => false,
        (other: Error) => sameKind(other),
      ),
    SHRINK_TRIES,
  );
  const small = randomCase(seed, smallest);
  const failure = await checkCase(small).then(
    () => error,
    (thrown: Error) => thrown,
  );
  const stack = kindOf(failure).startsWith('Difference') ? '' : `\n${failure.stack}`;
  console.log(`-- seed ${seed}: ${failure.message}${stack}\n${describeCase(small)}\n`);
}

/** Shrinking keeps to one kind of difference. */
function kindOf(error: Error): string {
  return `${error.constructor.name} ${error.message.split(':')[0]}`;
}
