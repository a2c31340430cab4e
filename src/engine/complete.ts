/** What may stand at a caret: names of the session's catalogs and the words of statements, as Flink's client offers them. */
import { NON_RESERVED_WORDS, RESERVED_WORDS } from '../parser/keyword.ts';
import type { Session } from './session.ts';

const NAME_PLACES = /\b(from|join|into|table|view|describe|desc|tables in|overwrite|exists)\s+[\w`.]*$/i;
const CANDIDATES_MAX = 200;

/** Candidates for the word that ends at `position`, sorted; each replaces that word. */
export async function complete(session: Session, text: string, position: number): Promise<string[]> {
  const before = text.slice(0, position);
  const word = /[\w`.$]*$/.exec(before)?.[0] ?? '';
  const found = NAME_PLACES.test(before) ? await objectNames(session, word) : [];
  if (found.length > 0) return found.slice(0, CANDIDATES_MAX);
  if (word === '') return [];
  const upper = word.toUpperCase();
  return [...RESERVED_WORDS, ...NON_RESERVED_WORDS]
    .filter((keyword) => keyword.startsWith(upper))
    .sort()
    .slice(0, CANDIDATES_MAX);
}

/** Tables of the place that a dotted prefix names, and the places themselves. */
async function objectNames(session: Session, word: string): Promise<string[]> {
  const parts = word.split('.');
  const prefix = (parts.pop() ?? '').toLowerCase();
  const { catalogs } = session;
  const names: string[] = [];
  try {
    if (parts.length === 0) {
      names.push(...(await objects(session, catalogs.currentCatalog, catalogs.currentDatabase)));
      names.push(...(await catalogs.listCatalogs()));
      names.push(...(await (await catalogs.getCatalog(catalogs.currentCatalog)).listDatabases()));
    } else if (parts.length === 1) {
      const [first = ''] = parts;
      const isCatalog = (await catalogs.listCatalogs()).includes(first);
      if (isCatalog) names.push(...(await (await catalogs.getCatalog(first)).listDatabases()));
      else names.push(...(await objects(session, catalogs.currentCatalog, first)));
    } else names.push(...(await objects(session, parts[0] ?? '', parts[1] ?? '')));
  } catch {
    // A name that stands for nothing has no completions.
  }
  const place = parts.map((part) => `${part}.`).join('');
  return [...new Set(names)]
    .filter((name) => name.toLowerCase().startsWith(prefix))
    .map((name) => place + name)
    .sort();
}

async function objects(session: Session, catalog: string, database: string): Promise<string[]> {
  const { catalogs } = session;
  const stored = await (await catalogs.getCatalog(catalog)).listObjects(database);
  return [...stored, ...catalogs.listTemporary(catalog, database).map(({ name }) => name)];
}
