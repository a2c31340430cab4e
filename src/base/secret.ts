/** Which options are shown to nobody and kept apart from the rest, and how they are hidden in texts. */

/** Flink's sensitive keys, and what else names a secret. */
const SECRET =
  /password|passwd|passphrase|secret|token|credential|private[-._]?key|api[-._]?key|access[-._]?key|account[-._]?key|service-key|keystore\.key|auth-params|basic-auth|jaas[-._]?config|http-headers/i;

/** `'key' = 'value'` in a statement. */
const OPTION = /'((?:[^']|'')*)'(\s*=\s*)'((?:[^']|'')*)'/g;

const MASK = '******';

/** Whether an option's value must not be shown. */
export function isSecretKey(key: string): boolean {
  return SECRET.test(key);
}

/** The same options with `******` for what looks secret. */
export function maskSecrets(options: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, isSecretKey(key) ? MASK : value]));
}

/** A statement as it may be kept: values of options that look secret are `******`. */
export function maskStatement(text: string): string {
  return text.replace(OPTION, (pair, key: string, equals: string) =>
    isSecretKey(key) ? `'${key}'${equals}'${MASK}'` : pair,
  );
}
