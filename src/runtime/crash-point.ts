/** Named places where a test may stop the process dead, to prove what a restart makes of it. Does nothing in a program as shipped. */

export type CrashPoint = (name: CrashPointName) => void;

type CrashPointName =
  | 'before-data'
  | 'after-data'
  | 'before-rename'
  | 'after-rename'
  | 'before-commit'
  | 'between-commits'
  | 'after-commit'
  | 'after-start-checkpoint'
  | 'in-batch';

/** `NAME` or `NAME:COUNT` (the COUNT-th time): kills this process there. */
export function crashPointOf(spec: string | undefined): CrashPoint {
  if (!spec) return () => {};
  const [name, count = '1'] = spec.split(':');
  let left = Number(count);
  return (reached) => {
    if (reached === name && --left === 0) process.kill(process.pid, 'SIGKILL');
  };
}
