/** Bundles the program into dist/: one entry, split where code is loaded on demand, so that a prompt starts quickly. */
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const out = join(root, 'dist');
// Older chunks stay: an engine that is running loads some of its code on demand. Their names hold a hash.
await build({
  entryPoints: [join(root, 'src/main.ts')],
  outdir: out,
  bundle: true,
  splitting: true,
  minify: true,
  sourcemap: false,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  // Packages that find native files beside themselves, and one that knows its events by the names of its classes.
  external: ['classic-level', '@node-rs/crc32', '@vlasky/zongji'],
  // Ink's optional debugger, which is not installed.
  alias: { 'react-devtools-core': join(root, 'scripts/no-devtools.js') },
  // CommonJS packages call require for Node's own modules.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
});
