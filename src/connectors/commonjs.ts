/** Packages in CommonJS form, loaded on demand: run from sources they have named exports, bundled only a default one. */

/** The exports of such a package, whichever way it was loaded. */
export function exportsOf<T extends object>(module: T): T {
  const { default: whole } = module as { default?: T };
  return whole ?? module;
}
