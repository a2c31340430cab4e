/** The optimizer's rules; their order is part of their meaning. */
import { dropWatermarks } from './drop-watermarks.ts';
import { foldConstants } from './fold-constants.ts';
import { groupingSets } from './grouping-sets.ts';
import { materialiseTimes } from './materialise-times.ts';
import { mergeProjects } from './merge-projects.ts';
import { projectJoinKeys } from './project-join-keys.ts';
import { pruneColumns } from './prune-columns.ts';
import { pruneEmpty } from './prune-empty.ts';
import { pushFilters } from './push-filters.ts';
import { pushLimits } from './push-limits.ts';
import { recogniseRank } from './recognise-rank.ts';
import type { Rule } from './rule.ts';
import { setOperations } from './set-operations.ts';
import { useEqualities } from './use-equalities.ts';
import { windowAggregate } from './window-aggregate.ts';
import { windowRank } from './window-rank.ts';

export const rules: readonly Rule[] = [
  setOperations,
  foldConstants,
  mergeProjects,
  pushFilters,
  materialiseTimes,
  foldConstants,
  pruneEmpty,
  recogniseRank,
  mergeProjects,
  windowAggregate,
  windowRank,
  groupingSets,
  projectJoinKeys,
  dropWatermarks,
  mergeProjects,
  pushFilters,
  mergeProjects,
  useEqualities,
  pruneColumns,
  mergeProjects,
  pushLimits,
];
