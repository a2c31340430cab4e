/** Which options are shown to nobody and kept apart from the rest, and how they are hidden in texts. */

/** Flink's sensitive keys, and what else names a secret. */
const SECRET =
  /password|passwd|passphrase|secret|token|credential|private[-._]?key|api[-._]?key|access[-._]?key|account[-._]?key|service-key|keystore\.key|auth-params|basic-auth|jaas[-._]?config|http-headers/i;

/** `'key' = 'value'` in a statement. Runs of plain characters are one step: a choice for each would overflow on a literal of some MB. */
const OPTION = /'([^']*(?:''[^']*)*)'(\s*=\s*)'([^']*(?:''[^']*)*)'/g;

/** `key => 'value'`: a named argument. Bounded, and only from the start of a word: a word of some MB must not be tried from each letter. */
const ARGUMENT = /\b(\w{1,200}`?)(\s{0,200}=>\s{0,200})'([^']*(?:''[^']*)*)'/g;

/** What a text has where one of the two stands: long lists of values are told apart at once. */
const HAS_OPTION = /'\s*=\s*'/;
const HAS_ARGUMENT = /=>\s*'/;

const MASK = '******';

/** Secrets within a URL: `…?password=x&…`, `//user:x@host`. */
const URL_PARAMETER = /([?&;](?:[\w.-]*(?:password|passwd|secret|token))=)[^&;'"\s]+/gi;
const URL_USER = /(\/\/[^/:@'"\s]+:)[^/@'"\s]+(?=@)/g;

/** Whether an option's value must not be shown. */
export function isSecretKey(key: string): boolean {
  return SECRET.test(key);
}

/** The same options with `******` for what looks secret. */
export function maskSecrets(options: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [key, isSecretKey(key) ? MASK : maskUrl(value)]),
  );
}

/** The options that everyone may see. */
export function withoutSecrets(options: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(options).filter(([key]) => !isSecretKey(key)));
}

/** A statement as it may be kept: values of options and named arguments that look secret are `******`. */
export function maskStatement(text: string): string {
  const masked = HAS_OPTION.test(text) ? text.replace(OPTION, maskOption) : text;
  return HAS_ARGUMENT.test(masked) ? masked.replace(ARGUMENT, maskArgument) : masked;
}

function maskOption(pair: string, key: string, equals: string): string {
  return isSecretKey(key) ? `'${key}'${equals}'${MASK}'` : maskUrl(pair);
}

function maskArgument(pair: string, key: string, arrow: string): string {
  return isSecretKey(key) ? `${key}${arrow}'${MASK}'` : maskUrl(pair);
}

function maskUrl(text: string): string {
  return text.replace(URL_PARAMETER, `$1${MASK}`).replace(URL_USER, `$1${MASK}`);
}
