/** Options whose values are shown to nobody. */

const SECRET =
  /password|passwd|secret|token|credential|private[-._]?key|api[-._]?key|access[-._]?key|sasl\.jaas|passphrase/i;

export const MASK = '******';

export function isSecretKey(key: string): boolean {
  return SECRET.test(key);
}

/** The same options with `******` for what looks secret. */
export function maskSecrets(options: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, isSecretKey(key) ? MASK : value]));
}
