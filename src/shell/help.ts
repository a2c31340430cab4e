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

const BORDERS = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
  'left',
  'left-mid',
  'mid',
  'mid-mid',
  'right',
  'right-mid',
];
const COMMAND_COLUMNS = 22;

/** The text for a terminal of a width; words are wrapped, never cut. */
export async function helpText(terminalColumns: number): Promise<string> {
  const { default: Table } = await import('cli-table3');
  const table = new Table({
    chars: { ...Object.fromEntries(BORDERS.map((name) => [name, ''])), middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colWidths: [COMMAND_COLUMNS, Math.max(40, terminalColumns - COMMAND_COLUMNS - 4)],
    wordWrap: true,
  });
  for (const row of COMMANDS) table.push([...row]);
  return `The following commands are available:

${table.toString().replace(/ +$/gm, '')}

Hint: Make sure that a statement ends with ";" for finalizing (multi-line) statements.
`;
}
