/** Windows in EXPLAIN. */
import type { WindowSpec } from '../../dataflow/operator-spec.ts';
import type { Field } from '../../types/logical-type.ts';
import { durationText } from '../duration-text.ts';
import { columnNames } from './node-text.ts';

/** `TUMBLE(time_col=[ts], size=[30 s])`. */
export function windowText(window: WindowSpec, fields: readonly Field[], partition: readonly number[] = []): string {
  const time = window.timeColumn === null ? 'proctime' : columnNames([window.timeColumn], fields);
  const parts = [`time_col=[${time}]`, ...lengths(window)];
  if (window.offsetMs !== 0) parts.push(`offset=[${durationText(window.offsetMs)}]`);
  if (partition.length > 0) parts.push(`partition keys=[${columnNames(partition, fields)}]`);
  return `${window.type}(${parts.join(', ')})`;
}

function lengths(window: WindowSpec): string[] {
  const size = durationText(window.sizeMs);
  switch (window.type) {
    case 'TUMBLE':
      return [`size=[${size}]`];
    case 'HOP':
      return [`size=[${size}]`, `slide=[${durationText(window.slideMs)}]`];
    case 'CUMULATE':
      return [`max_size=[${size}]`, `step=[${durationText(window.slideMs)}]`];
    case 'SESSION':
      return [`gap=[${size}]`];
  }
}

/** `TUMBLE(win_start=[window_start], win_end=[window_end], size=[5 min])`: rows that have their window already. */
export function attachedWindowText(window: WindowSpec, start: number, end: number, fields: readonly Field[]): string {
  const bounds = [`win_start=[${columnNames([start], fields)}]`, `win_end=[${columnNames([end], fields)}]`];
  return `${window.type}(${[...bounds, ...lengths(window)].join(', ')})`;
}

/** `TumblingGroupWindow('w$, ts, 30000)`: the older group windows. */
export function groupWindowText(window: WindowSpec, fields: readonly Field[]): string {
  const time = window.timeColumn === null ? 'proctime' : columnNames([window.timeColumn], fields);
  if (window.type === 'SESSION') return `SessionGroupWindow('w$, ${time}, ${window.sizeMs})`;
  if (window.type === 'TUMBLE') return `TumblingGroupWindow('w$, ${time}, ${window.sizeMs})`;
  return `SlidingGroupWindow('w$, ${time}, ${window.sizeMs}, ${window.slideMs})`;
}
