/** Words of other databases' DDL that people paste, and where what they mean belongs. */
import type { TokenCursor } from './token-cursor.ts';

const HINTS: Readonly<Record<string, string>> = {
  AUTO_INCREMENT: 'AUTO_INCREMENT is MySQL: number the rows where the table lives, and leave the word out here.',
  UNSIGNED:
    'UNSIGNED is MySQL: use the next larger type (BIGINT for INT UNSIGNED, DECIMAL(20, 0) for BIGINT UNSIGNED).',
  ZEROFILL: 'ZEROFILL is MySQL: leave the word out here.',
  DEFAULT: 'Columns have no DEFAULT here: give the value in the INSERT, for instance with COALESCE.',
  CHARACTER: 'CHARACTER SET is MySQL: text is always Unicode here.',
  CHARSET: 'CHARSET is MySQL: text is always Unicode here.',
  COLLATE: 'COLLATE is MySQL: text compares by its code units here.',
  UNIQUE: 'UNIQUE is not supported: PRIMARY KEY (…) NOT ENFORCED tells the planner about a key.',
  ENGINE:
    "ENGINE is MySQL: run that CREATE TABLE in MySQL, and describe the table here with WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://…', 'table-name' = '…').",
  ON: 'ON UPDATE is MySQL: leave it out here.',
  KEY: 'Indexes are MySQL: leave KEY out; PRIMARY KEY (…) NOT ENFORCED tells the planner about a key.',
  INDEX: 'Indexes are MySQL: leave INDEX out; PRIMARY KEY (…) NOT ENFORCED tells the planner about a key.',
  '(': 'Integer types take no length here: INT, not INT(11).',
};

/** Leaves a hint for the parse error that follows, when the token ahead is such a word. */
export function foreignWordHint(cursor: TokenCursor, columnName = ''): void {
  const isIndex = /^(key|index)$/i.test(columnName) && cursor.token.word === '(';
  const word = isIndex ? columnName.toUpperCase() : cursor.token.word;
  const hint = Object.hasOwn(HINTS, word) ? HINTS[word] : undefined;
  if (hint !== undefined) cursor.hint(hint);
}
