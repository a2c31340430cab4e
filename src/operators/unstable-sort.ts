/**
 * The sorts of Flink's batch operators, step by step: which of several equal rows comes first is part of a query's result (FIRST_VALUE,
 * LISTAGG, ROW_NUMBER, LIMIT), so the order of equal rows must be the same.
 */
export type Compare = (a: number, b: number) => number;

/** Below this length rows are inserted one by one. */
const INSERTION_LENGTH = 13;

/** Sorts in place as Flink's in-memory sort buffer does: quicksort with equal rows gathered at both ends. */
export function sortAsFlink(rows: number[], compare: Compare): void {
  const depth = rows.length < 2 ? 0 : (32 - Math.clz32(rows.length - 1)) << 2;
  quickSort(rows, compare, 0, rows.length, depth);
}

function quickSort(rows: number[], compare: Compare, from: number, to: number, maxDepth: number): void {
  let low = from;
  let high = to;
  let depth = maxDepth;
  while (high - low >= INSERTION_LENGTH) {
    if (--depth < 0) {
      const sorted = rows.slice(low, high).sort(compare);
      sorted.forEach((row, i) => {
        rows[low + i] = row;
      });
      return;
    }
    const [start, end] = partition(rows, compare, low, high);
    if (start - low < high - end) {
      quickSort(rows, compare, low, start, depth);
      low = end;
    } else {
      quickSort(rows, compare, end, high, depth);
      high = start;
    }
  }
  for (let i = low; i < high; i++)
    for (let j = i; j > low && compareAt(rows, compare, j - 1, j) > 0; j--) swap(rows, j, j - 1);
}

/** Divides by the median of three; the range of rows that equal it, end exclusive. */
function partition(rows: number[], compare: Compare, low: number, high: number): [start: number, end: number] {
  order(rows, compare, (low + high) >>> 1, low);
  order(rows, compare, (low + high) >>> 1, high - 1);
  order(rows, compare, low, high - 1);
  let i = low;
  let j = high;
  let left = low;
  let right = high;
  for (;;) {
    while (++i < j) {
      const sign = compareAt(rows, compare, i, low);
      if (sign > 0) break;
      if (sign === 0 && ++left !== i) swap(rows, left, i);
    }
    while (--j > i) {
      const sign = compareAt(rows, compare, low, j);
      if (sign > 0) break;
      if (sign === 0 && --right !== j) swap(rows, right, j);
    }
    if (i >= j) break;
    swap(rows, i, j);
  }
  j = i;
  while (left >= low) swap(rows, left--, --i);
  while (right < high) swap(rows, right++, j++);
  return [i, j];
}

function order(rows: number[], compare: Compare, a: number, b: number): void {
  if (compareAt(rows, compare, a, b) > 0) swap(rows, a, b);
}

function compareAt(rows: readonly number[], compare: Compare, a: number, b: number): number {
  return compare(rows[a] as number, rows[b] as number);
}

function swap(rows: number[], a: number, b: number): void {
  const held = rows[a] as number;
  rows[a] = rows[b] as number;
  rows[b] = held;
}

/** The first `count` rows in order, as Flink's ORDER BY with LIMIT finds them: through Java's priority queue, worst row on top. */
export function firstAsFlink(rows: readonly number[], compare: Compare, count: number): number[] {
  if (count <= 0) return [];
  // Once where the rows are, once more where they are gathered.
  const kept = heapOfFirst(heapOfFirst(rows, compare, count), compare, count);
  return kept.toSorted(compare);
}

function heapOfFirst(rows: readonly number[], compare: Compare, count: number): number[] {
  const heap: number[] = [];
  for (const row of rows) {
    if (heap.length >= count) {
      if (compare(heap[0] as number, row) <= 0) continue;
      removeTop(heap, compare);
    }
    heap.push(row);
    siftUp(heap, compare, heap.length - 1, row);
  }
  return heap;
}

function siftUp(heap: number[], compare: Compare, from: number, row: number): void {
  let at = from;
  while (at > 0) {
    const parent = (at - 1) >>> 1;
    const other = heap[parent] as number;
    if (compare(other, row) >= 0) break;
    heap[at] = other;
    at = parent;
  }
  heap[at] = row;
}

function removeTop(heap: number[], compare: Compare): void {
  const row = heap.pop() as number;
  if (heap.length === 0) return;
  let at = 0;
  while (at < heap.length >>> 1) {
    let child = 2 * at + 1;
    if (child + 1 < heap.length && compare(heap[child + 1] as number, heap[child] as number) > 0) child++;
    if (compare(heap[child] as number, row) <= 0) break;
    heap[at] = heap[child] as number;
    at = child;
  }
  heap[at] = row;
}
