/** The shelf of statements. */
import { insert } from './insert.ts';
import { select } from './select.ts';
import type { Statement } from './statement.ts';

export const statements: readonly Statement[] = [select, insert] as unknown as readonly Statement[];
