/** Runs statements one after the other without a terminal: stops at the first that fails, and names it with its line. */
import type { Clock } from '../base/clock.ts';
import type { GatewaySession } from '../gateway/client.ts';
import { clientCommand } from './client-command.ts';
import { errorText } from './error-text.ts';
import { helpText } from './help.ts';
import type { PlacedStatement } from './sql-file.ts';
import { StatementRunner } from './statement-runner.ts';

interface ScriptEnvironment {
  readonly clock: Clock;
  write(text: string): void;
  writeError(text: string): void;
}

/** The exit code: 0, or 1 when a statement failed. */
export async function runStatements(
  session: GatewaySession,
  statements: readonly PlacedStatement[],
  environment: ScriptEnvironment,
): Promise<number> {
  const output = {
    data: (text: string) => environment.write(`${text}\n`),
    word: (text: string) => environment.writeError(`${text}\n`),
  };
  const runner = new StatementRunner(session, output, environment.clock);
  for (const statement of statements) {
    const command = clientCommand(statement.text);
    if (command?.kind === 'quit') return 0;
    if (command?.kind === 'help') environment.write(await helpText(process.stdout.columns ?? 100));
    if (command !== null) continue;
    try {
      await runner.run(statement.text);
    } catch (error) {
      environment.writeError(`${errorText(error, statement.text)}\n`);
      environment.writeError(`[ERROR] at line ${statement.line} of ${statement.file}\n`);
      return 1;
    }
  }
  return 0;
}
