/** `'connector' = 'blackhole'`: takes every row and keeps none. */
import { defineConnector } from '../connector.ts';

export const blackhole = defineConnector({
  name: 'blackhole',
  summary: 'Takes every row and keeps none: for measuring.',
  example: "CREATE TABLE t (id BIGINT, name STRING) WITH ('connector' = 'blackhole')",
  options: [],
  formatKeys: [],
  sink: () => ({
    changelogMode: (requested) => ({ ...requested, updateBefore: false }),
    delivery: 'none',
    openWriter: () => ({ write() {}, bufferedBytes: 0, seal: () => null, close() {} }),
  }),
});
