/** What HELP prints: Flink's commands and Millrace's own. */

const COMMANDS: ReadonlyArray<readonly [string, string]> = [
  ['HELP', 'Prints the available commands.'],
  ['QUIT/EXIT', 'Quits the SQL CLI client.'],
  ['CLEAR', 'Clears the current terminal.'],
  ["SOURCE 'file'", 'Runs the statements of a file.'],
  [
    'SET',
    'Sets a session configuration property. Syntax: "SET \'<key>\'=\'<value>\';". Use "SET;" for listing all properties.',
  ],
  [
    'RESET',
    'Resets a session configuration property. Syntax: "RESET \'<key>\';". Use "RESET;" for reset all session properties.',
  ],
  ['INSERT INTO', 'Inserts the results of a SQL SELECT query into a declared table sink.'],
  [
    'INSERT OVERWRITE',
    'Inserts the results of a SQL SELECT query into a declared table sink and overwrite existing data.',
  ],
  ['SELECT', 'Executes a SQL SELECT query on the Flink cluster.'],
  ['EXPLAIN', 'Describes the execution plan of a query or table with the given name.'],
  ['BEGIN STATEMENT SET', 'Begins a statement set. Syntax: "BEGIN STATEMENT SET;"'],
  ['END', 'Ends a statement set. Syntax: "END;"'],
  ['SHOW JOBS', 'Lists the jobs of this engine.'],
  ['SHOW CHECKPOINTS', 'Lists checkpoints. Syntax: "SHOW CHECKPOINTS [FOR JOB \'<id>\'];"'],
  [
    'RESUME JOB',
    'Starts a stopped or failed job from a checkpoint. Syntax: "RESUME JOB \'<id>\' [FROM CHECKPOINT <n>];"',
  ],
  ['STOP JOB', 'Stops a job. Syntax: "STOP JOB \'<id>\' [WITH SAVEPOINT] [WITH DRAIN];"'],
];

const WIDTH = Math.max(...COMMANDS.map(([command]) => command.length));

export const HELP_TEXT = `The following commands are available:

${COMMANDS.map(([command, text]) => `${command.padEnd(WIDTH)}\t\t${text}`).join('\n')}

Hint: Make sure that a statement ends with ";" for finalizing (multi-line) statements.
`;
