/** The command line of `sql-client.sh`: modes and options, Flink's and Millrace's own. */
import { EngineError } from '../base/error.ts';

type Mode = 'embedded' | 'gateway' | 'run' | 'stop';

export interface Arguments {
  readonly mode: Mode;
  readonly help: boolean;
  /** `--home`; null: MILLRACE_HOME or the default. */
  readonly home: string | null;
  /** `-f`; `-` is standard input. */
  readonly file: string | null;
  readonly init: string | null;
  /** `-e` in embedded mode. */
  readonly statement: string | null;
  /** `-e`, `--endpoint` in gateway mode. */
  readonly endpoint: string | null;
  /** `--config` of `run` and `-f`: a properties file. */
  readonly config: string | null;
  readonly history: string | null;
  readonly session: string;
  readonly printOnly: boolean;
  /** `-Dkey=value`: session settings and values of `${key}`. */
  readonly definitions: Readonly<Record<string, string>>;
}

const MODES: readonly string[] = ['embedded', 'gateway', 'run', 'stop'];

export const USAGE = `sql-client.sh [MODE] [OPTIONS]

Modes:
  embedded                the default: an engine on this machine, started when it is not running
  gateway -e ADDRESS      a SQL gateway elsewhere, such as a real Flink cluster's
  run FILE                runs a file of SQL and leaves its jobs running
  stop                    ends the engine with a last checkpoint of each job

Options:
  -h, --help              this text
  --home DIR              where catalogs, jobs and topics live (MILLRACE_HOME; default: catalogs/)
  -f, --file FILE         runs the statements of a file and leaves; - reads standard input
  -i, --init FILE         runs settings and DDL first
  -e SQL                  runs the statements of the text and leaves (mode embedded)
  -e, --endpoint ADDRESS  host:port or URL of the gateway (mode gateway)
  -s, --session NAME      the session's name
  -hist, --history FILE   the history file
  -Dkey=value             a setting of the session, or the value of \${key} in the SQL
  --config FILE           settings and values (default: config.properties beside the file)
  --print                 with run: shows the SQL as it would run, and runs nothing
`;

/** Throws `OPTION_USAGE` with what is wrong. */
export function parseArguments(argv: readonly string[]): Arguments {
  const first = argv[0];
  const mode = first !== undefined && !first.startsWith('-') ? first : 'embedded';
  if (!MODES.includes(mode)) throw usageError(`Unknown mode '${mode}'. The modes are embedded, gateway, run and stop.`);
  const reader = new ArgumentReader(mode as Mode, argv.slice(mode === first ? 1 : 0));
  return reader.read();
}

export function usageError(message: string): EngineError {
  return new EngineError('OPTION_USAGE', message, {
    exceptionClass: 'org.apache.flink.table.client.SqlClientException',
  });
}

class ArgumentReader {
  readonly #mode: Mode;
  readonly #rest: readonly string[];
  readonly #values: Record<string, string | null> = {};
  readonly #definitions: Record<string, string> = {};
  #at = 0;

  constructor(mode: Mode, rest: readonly string[]) {
    this.#mode = mode;
    this.#rest = rest;
  }

  read(): Arguments {
    while (this.#at < this.#rest.length) this.#readOne(this.#rest[this.#at++] as string);
    const value = (key: string): string | null => this.#values[key] ?? null;
    const session = value('session') ?? 'default';
    if (!/^[a-zA-Z0-9_\-.]+$/.test(session))
      throw usageError("Session identifier must only consists of 'a-zA-Z0-9_-.'.");
    return {
      mode: this.#mode,
      help: value('help') !== null,
      home: value('home'),
      file: value('file'),
      init: value('init'),
      statement: value('statement'),
      endpoint: value('endpoint'),
      config: value('config'),
      history: value('history'),
      session,
      printOnly: value('print') !== null,
      definitions: this.#definitions,
    };
  }

  #readOne(argument: string): void {
    const [name, inline] = argument.startsWith('--') ? splitAtEquals(argument) : [argument, undefined];
    switch (name) {
      case '-h':
      case '--help':
        this.#values['help'] = '';
        return;
      case '--print':
        this.#values['print'] = '';
        return;
      case '-D':
        this.#define(this.#next('-D', inline));
        return;
      case '-e':
        this.#values[this.#mode === 'gateway' ? 'endpoint' : 'statement'] = this.#next('-e', inline);
        return;
      default:
        this.#readNamed(argument, name as string, inline);
    }
  }

  #readNamed(argument: string, name: string, inline: string | undefined): void {
    const key = NAMES[name];
    if (key !== undefined) this.#values[key] = this.#next(name, inline);
    else if (argument.startsWith('-D')) this.#define(argument.slice(2));
    else if (!argument.startsWith('-') && this.#mode === 'run' && this.#values['file'] === undefined)
      this.#values['file'] = argument;
    else throw usageError(`Unknown option '${argument}'. 'sql-client.sh --help' lists the options.`);
  }

  #next(name: string, inline: string | undefined): string {
    const value = inline ?? this.#rest[this.#at++];
    if (value === undefined) throw usageError(`Option '${name}' needs a value.`);
    return value;
  }

  #define(pair: string): void {
    const [key, value] = splitAtEquals(pair);
    if (value === undefined || key === '') throw usageError(`'-D${pair}' is not of the form -Dkey=value.`);
    this.#definitions[key] = value;
  }
}

const NAMES: Readonly<Record<string, string>> = {
  '--home': 'home',
  '-f': 'file',
  '--file': 'file',
  '-i': 'init',
  '--init': 'init',
  '--endpoint': 'endpoint',
  '--config': 'config',
  '-s': 'session',
  '--session': 'session',
  '-hist': 'history',
  '--history': 'history',
};

function splitAtEquals(text: string): [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
