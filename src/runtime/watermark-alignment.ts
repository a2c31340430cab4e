/** Watermark alignment: of the sources of a group, one whose event time runs ahead of the last one's by more than its drift has to wait. */
import type { AnyNode, SourceNode } from './chain-node.ts';

interface Aligned {
  readonly source: SourceNode;
  readonly group: string;
  readonly maxDriftMs: number;
  /** NaN: nobody waits for it. */
  eventTime(): number;
}

export class WatermarkAlignment {
  readonly #bySource = new Map<SourceNode, Aligned>();

  constructor(nodes: readonly AnyNode[]) {
    for (const source of nodes) {
      const aligned = source.kind === 'source' ? alignedOf(source, source) : undefined;
      if (aligned !== undefined) this.#bySource.set(aligned.source, aligned);
    }
  }

  /** True while a source has to wait for others of its group. */
  holds(source: SourceNode): boolean {
    const own = this.#bySource.get(source);
    if (own === undefined) return false;
    const reached = own.eventTime();
    for (const other of this.#bySource.values())
      if (other.group === own.group && !other.source.ended && other.eventTime() < reached - own.maxDriftMs) return true;
    return false;
  }
}

/** The WatermarkAssigner behind a source, when it is of a group. */
function alignedOf(source: SourceNode, node: AnyNode): Aligned | undefined {
  for (const output of node.kind === 'sink' || node.kind === 'collect' ? [] : node.outputs) {
    if (output.node.kind !== 'operator') continue;
    const { body } = output.node.vertex;
    if (body.kind !== 'WatermarkAssigner') {
      const found = alignedOf(source, output.node);
      if (found !== undefined) return found;
    } else if (body.alignment !== undefined) {
      const { operator } = output.node;
      return { source, ...body.alignment, eventTime: () => operator.eventTime?.() ?? Number.NaN };
    }
  }
  return undefined;
}
