/** Parts of a URL as java.net.URL sees them. */

const URL_PATTERN = /^([a-zA-Z][a-zA-Z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/;
const KNOWN_PROTOCOLS = new Set(['http', 'https', 'ftp', 'file', 'jar', 'mailto']);

/** HOST, PATH, QUERY, REF, PROTOCOL, AUTHORITY, FILE or USERINFO; with a key, its value in the query. Null where there is none. */
export function parseUrl(url: string, part: string, key?: string): string | null {
  const match = URL_PATTERN.exec(url.trim());
  if (!match || !KNOWN_PROTOCOLS.has((match[1] as string).toLowerCase())) return null;
  const query = match[4] ?? null;
  if (key !== undefined) return part === 'QUERY' && query !== null ? queryValue(query, key) : null;
  const authority = match[2] ?? null;
  const path = match[3] ?? '';
  switch (part) {
    case 'PROTOCOL':
      return (match[1] as string).toLowerCase();
    case 'AUTHORITY':
      return authority;
    case 'USERINFO':
      return authority?.includes('@') ? authority.slice(0, authority.lastIndexOf('@')) : null;
    case 'HOST':
      return authority === null ? '' : authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '');
    case 'PATH':
      return path;
    case 'QUERY':
      return query;
    case 'FILE':
      return query === null ? path : `${path}?${query}`;
    case 'REF':
      return match[5] ?? null;
    default:
      return null;
  }
}

function queryValue(query: string, key: string): string | null {
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=');
    if (at >= 0 && pair.slice(0, at) === key) return pair.slice(at + 1);
  }
  return null;
}
