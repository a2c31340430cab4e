/** MATCH_RECOGNIZE. */
import { defineText, measureTexts, patternText, skipText } from '../match-text.ts';
import { matchSpec } from '../physical-match.ts';
import { defineNode, INSERT_ONLY } from './node.ts';
import { inputOf } from './node-inputs.ts';
import { columnNames, orderText } from './node-text.ts';

export const matchNode = defineNode({
  kind: 'Match',
  summary: 'Finds rows that follow a pattern.',
  examples: [
    "SELECT * FROM orders MATCH_RECOGNIZE (PARTITION BY user_id ORDER BY ts MEASURES FIRST(a.price) AS top, LAST(b.price) AS low, COUNT(b.id) AS falls, MATCH_ROWTIME() AS at_time ONE ROW PER MATCH AFTER MATCH SKIP TO LAST c PATTERN (a b+ c) WITHIN INTERVAL '1' HOUR DEFINE b AS b.price < LAST(b.price, 1) OR (LAST(b.price, 1) IS NULL AND b.price < a.price), c AS c.price > LAST(b.price))",
  ],
  requester: 'Match Recognize',
  accepts: 'insert',
  produces: () => INSERT_ONLY,
  explain(node, { style }) {
    const { fields } = inputOf(node);
    const names = node.fields.slice(node.partition.length).map((field) => field.name);
    // Texts among the measures lose their character set in the execution section.
    const shown = (text: string): string => (style === 'execution' ? text.replaceAll("_UTF-16LE'", "'") : text);
    const measures = measureTexts(node, fields).map((text, i) => `${shown(text)} AS ${names[i]}`);
    return [
      ...(node.partition.length > 0 ? [['partitionBy', `[${columnNames(node.partition, fields)}]`] as const] : []),
      ['orderBy', `[${orderText(node.order, fields)}]`],
      ['measures', `[${measures.join(', ')}]`],
      ['rowsPerMatch', '[ONE ROW PER MATCH]'],
      ['after', `[${skipText(node.skip)}]`],
      ['pattern', `[${patternText(node.pattern)}]`],
      ['define', `[${defineText(node)}]`],
    ];
  },
  lower: matchSpec,
});
