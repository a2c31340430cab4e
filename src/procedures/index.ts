/** The shelf of procedures. */
import { awaitJobs } from './await-jobs.ts';
import { checkWarehouse } from './check-warehouse.ts';
import { playShop } from './play-shop.ts';
import type { Procedure } from './procedure.ts';

/** All in the namespace `sys`. */
export const procedures: readonly Procedure[] = [awaitJobs, checkWarehouse, playShop];
