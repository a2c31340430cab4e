/** Words that the shell itself answers: QUIT, EXIT, CLEAR, HELP, and SOURCE 'file'. */

export type ClientCommand =
  | { readonly kind: 'quit' | 'clear' | 'help' }
  | { readonly kind: 'source'; readonly file: string };

/** The command that a statement (without its `;`) is, or null when it is SQL. */
export function clientCommand(statement: string): ClientCommand | null {
  const text = statement
    .replace(/--[^\n]*(\n|$)|\/\*(?!\+)[\s\S]*?\*\//g, ' ')
    .trim()
    .replace(/;\s*$/, '')
    .trim();
  const word = text.toUpperCase();
  if (word === 'QUIT' || word === 'EXIT') return { kind: 'quit' };
  if (word === 'CLEAR') return { kind: 'clear' };
  if (word === 'HELP') return { kind: 'help' };
  const source = /^SOURCE\s+'((?:[^']|'')*)'$/i.exec(text);
  return source ? { kind: 'source', file: (source[1] as string).replaceAll("''", "'") } : null;
}
