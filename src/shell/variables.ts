/** `${name}` in SQL files: filled from -D, then a properties file, then the environment. */
import { EngineError } from '../base/error.ts';

export interface VariableSources {
  readonly definitions: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Fills every `${name}`; a quote in a value is doubled inside quoted text. Throws `OPTION_VARIABLE` with the line of an unknown name. */
export function fillVariables(text: string, sources: VariableSources): string {
  return text.replace(/\$\{([A-Za-z_][\w.-]*)\}/g, (whole, name: string, offset: number) => {
    const value = sources.definitions[name] ?? sources.properties[name] ?? sources.environment[name];
    if (value !== undefined) return value.replaceAll("'", "''");
    const before = text.slice(0, offset);
    if (isComment(before)) return whole;
    throw new EngineError(
      'OPTION_VARIABLE',
      `There is no value for \${${name}} (line ${before.split('\n').length}). Give one with -D${name}=…, in config.properties, or in the environment.`,
    );
  });
}

function isComment(before: string): boolean {
  const line = before.slice(before.lastIndexOf('\n') + 1);
  return line.includes('--');
}

/** A Java properties file: `key=value` or `key: value`, `#` and `!` comments, a backslash continues a line. */
export function parseProperties(text: string): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const line of text.replace(/\\\r?\n\s*/g, '').split(/\r?\n/)) {
    const match = /^\s*([^#!\s][^=:\s]*)\s*[=:\s]\s*(.*?)\s*$/.exec(line);
    if (match) properties[match[1] as string] = (match[2] as string).replace(/\\(.)/g, '$1');
    else if (/^\s*[^#!\s]/.test(line)) properties[line.trim()] = '';
  }
  return properties;
}
