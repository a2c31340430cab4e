/** A statement's text as it may be kept: values of options that look secret are hidden. */
import { isSecretKey, MASK } from '../catalog/secret.ts';

const OPTION = /'((?:[^']|'')*)'(\s*=\s*)'((?:[^']|'')*)'/g;

export function maskedSql(text: string): string {
  return text.replace(OPTION, (pair, key: string, equals: string) =>
    isSecretKey(key) ? `'${key}'${equals}'${MASK}'` : pair,
  );
}
