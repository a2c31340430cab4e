/** `properties.security.protocol`, `sasl.*` and `ssl.*`: who the client is, and whom it trusts. */
import { readFileSync } from 'node:fs';
import type { SecureContextOptions } from 'node:tls';
import { EngineError, messageOf } from '../../base/error.ts';
import { trustedCertificates } from '../trust-store.ts';

type Properties = Readonly<Record<string, string>>;

type SaslMechanism = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';

export interface SaslSettings {
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: string;
}

export interface TlsSettings {
  readonly context: SecureContextOptions;
  /** The certificate must be made out to the host that was called. */
  readonly checksHost: boolean;
}

const PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'];
const MECHANISMS: readonly string[] = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];

/** Throws for what the client cannot do: it is not ignored. Files are read when the settings are. */
export function securitySettings(given: Properties): { tls: TlsSettings | null; sasl: SaslSettings | null } {
  const protocol = (given['security.protocol'] ?? 'PLAINTEXT').toUpperCase();
  if (!PROTOCOLS.includes(protocol)) throw unsupported('security.protocol', protocol, PROTOCOLS);
  return {
    tls: protocol.endsWith('SSL') ? tlsSettings(given) : null,
    sasl: protocol.startsWith('SASL') ? saslSettings(given) : null,
  };
}

function saslSettings(given: Properties): SaslSettings {
  const mechanism = given['sasl.mechanism'] ?? 'PLAIN';
  if (!MECHANISMS.includes(mechanism)) throw unsupported('sasl.mechanism', mechanism, MECHANISMS);
  const { module, options } = jaasEntry(given['sasl.jaas.config'] ?? '');
  const { username, password } = options;
  const wanted = mechanism === 'PLAIN' ? 'PlainLoginModule' : 'ScramLoginModule';
  if (username === undefined || password === undefined || module !== wanted)
    throw invalid(
      `'properties.sasl.jaas.config' must be '<package>.${wanted} required username="…" password="…";' for SASL mechanism ${mechanism}.`,
    );
  return { mechanism: mechanism as SaslMechanism, username, password };
}

/** One entry of a JAAS configuration: `package.Module flag key="value" …;`, with either quotes, or none, and backslashes inside quotes. */
function jaasEntry(text: string): { module: string; options: Record<string, string | undefined> } {
  const module = /^\s*(?:[\w$]+\.)*([\w$]+)\s/.exec(text)?.[1] ?? '';
  const options: Record<string, string> = {};
  for (const [, key, double, single, bare] of text.matchAll(
    /([\w.]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s;"']+))/gs,
  ))
    options[key as string] = bare ?? (double ?? single ?? '').replace(/\\(.)/gs, '$1');
  return { module, options };
}

function tlsSettings(given: Properties): TlsSettings {
  const algorithm = given['ssl.endpoint.identification.algorithm'] ?? 'https';
  const ca = trusted(given);
  return { context: { ...(ca ? { ca } : {}), ...ownCertificate(given) }, checksHost: algorithm.trim() !== '' };
}

/** The authorities that are trusted in place of the system's. */
function trusted(given: Properties): string[] | null {
  const certificates = given['ssl.truststore.certificates'];
  if (certificates !== undefined) return [pem(certificates)];
  const location = given['ssl.truststore.location'];
  if (location === undefined) return null;
  const key = 'ssl.truststore.location';
  if (typeOf(given, 'ssl.truststore.type') === 'PEM') return [file(key, location).toString('utf8')];
  const store = file(key, location);
  try {
    return trustedCertificates(store, given['ssl.truststore.password'] ?? '');
  } catch (error) {
    throw invalid(`'properties.${key}' = '${location}' cannot be used: ${messageOf(error)}.`);
  }
}

function ownCertificate(given: Properties): SecureContextOptions {
  const passphrase = given['ssl.key.password'] ?? given['ssl.keystore.password'];
  const phrase = passphrase === undefined ? {} : { passphrase };
  const key = given['ssl.keystore.key'];
  const chain = given['ssl.keystore.certificate.chain'];
  if (key !== undefined && chain !== undefined) return { key: pem(key), cert: pem(chain), ...phrase };
  const location = given['ssl.keystore.location'];
  if (location === undefined) return {};
  const bytes = file('ssl.keystore.location', location);
  if (typeOf(given, 'ssl.keystore.type') === 'PEM') return { key: bytes, cert: bytes, ...phrase };
  if (bytes.readUInt32BE(0) === 0xfeedfeed)
    throw invalid(
      `'properties.ssl.keystore.location' = '${location}' is a JKS key store: convert it with keytool -importkeystore -deststoretype PKCS12, or give PEM.`,
    );
  return { pfx: bytes, ...phrase };
}

function typeOf(given: Properties, key: string): string {
  const type = (given[key] ?? 'JKS').toUpperCase();
  if (!['JKS', 'PKCS12', 'PEM'].includes(type)) throw unsupported(key, type, ['JKS', 'PKCS12', 'PEM']);
  return type;
}

/** PEM in an option is one line as a rule: blanks stand for its line breaks. */
function pem(text: string): string {
  return text.replace(
    /(-----BEGIN [A-Z ]+-----)([^-]*)(-----END [A-Z ]+-----)/g,
    (_all, begin: string, body: string, end: string) => `${begin}\n${body.trim().split(/\s+/).join('\n')}\n${end}\n`,
  );
}

function file(key: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw invalid(`'properties.${key}' = '${path}' cannot be read: ${messageOf(error)}.`);
  }
}

function invalid(message: string): EngineError {
  return new EngineError('OPTION_INVALID', message, {
    exceptionClass: 'org.apache.kafka.common.config.ConfigException',
  });
}

function unsupported(key: string, value: string, supported: readonly string[]): EngineError {
  return new EngineError(
    'OPTION_UNSUPPORTED',
    `'properties.${key}' = '${value}' is not supported. Supported: ${supported.join(', ')}.`,
  );
}
