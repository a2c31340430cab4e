/** TLS to MySQL and MariaDB by Connector/J's properties: `sslMode`, the older `useSSL` and its companions, and the trust store. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EngineError, messageOf } from '../base/error.ts';
import { trustedCertificates } from './trust-store.ts';

export interface MysqlTls {
  readonly rejectUnauthorized: boolean;
  /** The certificate must be made out to the host that was called. */
  readonly verifyIdentity: boolean;
  readonly ca?: string[];
}

const MODES = ['DISABLED', 'PREFERRED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'] as const;
type Mode = (typeof MODES)[number];

/** Null: without TLS, which is also how PREFERRED, the default, connects. */
export function mysqlTls(properties: Readonly<Record<string, string>>): MysqlTls | null {
  const mode = modeOf(properties);
  if (mode === 'DISABLED' || mode === 'PREFERRED') return null;
  const verifies = mode !== 'REQUIRED';
  const ca = verifies ? trusted(properties) : null;
  return { rejectUnauthorized: verifies, verifyIdentity: mode === 'VERIFY_IDENTITY', ...(ca ? { ca } : {}) };
}

function modeOf(properties: Readonly<Record<string, string>>): Mode {
  const text = properties['sslMode']?.toUpperCase();
  if (text !== undefined) {
    const mode = MODES.find((known) => known === text);
    if (!mode) throw invalid(`The connection property 'sslMode' accepts ${MODES.join(', ')}, and not '${text}'.`);
    return mode;
  }
  if (properties['useSSL'] !== 'true') return 'PREFERRED';
  return properties['verifyServerCertificate'] === 'true' ? 'VERIFY_CA' : 'REQUIRED';
}

function trusted(properties: Readonly<Record<string, string>>): string[] | null {
  const url = properties['trustCertificateKeyStoreUrl'];
  if (url === undefined) return null;
  try {
    const bytes = readFileSync(url.startsWith('file:') ? fileURLToPath(new URL(url)) : url);
    if (bytes.includes('-----BEGIN CERTIFICATE-----')) return [bytes.toString('utf8')];
    return trustedCertificates(bytes, properties['trustCertificateKeyStorePassword'] ?? '');
  } catch (error) {
    throw invalid(`'trustCertificateKeyStoreUrl' = '${url}' cannot be used: ${messageOf(error)}.`);
  }
}

function invalid(message: string): EngineError {
  return new EngineError('OPTION_INVALID', message, { exceptionClass: 'java.sql.SQLException' });
}
