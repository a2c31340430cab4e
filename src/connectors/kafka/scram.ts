/** The client's side of SCRAM (RFC 5802) as Kafka speaks it: SCRAM-SHA-256 and SCRAM-SHA-512, without channel binding. */
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

const NO_CHANNEL_BINDING = 'n,,';

export class ScramClient {
  readonly #algorithm: 'sha256' | 'sha512';
  readonly #password: string;
  readonly #nonce: string;
  readonly #firstBare: string;
  #serverSignature: Buffer | null = null;

  constructor(mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-512', username: string, password: string, nonce = newNonce()) {
    this.#algorithm = mechanism === 'SCRAM-SHA-256' ? 'sha256' : 'sha512';
    this.#password = password;
    this.#nonce = nonce;
    this.#firstBare = `n=${username.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`;
  }

  first(): string {
    return NO_CHANNEL_BINDING + this.#firstBare;
  }

  /** The answer to the server's challenge; null when that is none. */
  final(challenge: string): string | null {
    const match = /^r=([^,]+),s=([^,]+),i=(\d+)/.exec(challenge);
    const [, nonce, salt, iterations] = match ?? [];
    if (!nonce?.startsWith(this.#nonce) || salt === undefined) return null;
    const withoutProof = `c=${Buffer.from(NO_CHANNEL_BINDING).toString('base64')},r=${nonce}`;
    const message = `${this.#firstBare},${challenge},${withoutProof}`;
    const bytes = this.#algorithm === 'sha256' ? 32 : 64;
    const salted = pbkdf2Sync(this.#password, Buffer.from(salt, 'base64'), Number(iterations), bytes, this.#algorithm);
    const clientKey = this.#hmac(salted, 'Client Key');
    const signature = this.#hmac(createHash(this.#algorithm).update(clientKey).digest(), message);
    const proof = clientKey.map((byte, i) => byte ^ (signature[i] as number));
    this.#serverSignature = this.#hmac(this.#hmac(salted, 'Server Key'), message);
    return `${withoutProof},p=${Buffer.from(proof).toString('base64')}`;
  }

  /** True when the server knows the password too. */
  isServer(verdict: string): boolean {
    const given = Buffer.from(/^v=([^,]+)/.exec(verdict)?.[1] ?? '', 'base64');
    const expected = this.#serverSignature;
    return expected !== null && given.length === expected.length && timingSafeEqual(given, expected);
  }

  #hmac(key: Buffer, text: string): Buffer {
    return createHmac(this.#algorithm, key).update(text).digest();
  }
}

function newNonce(): string {
  return randomBytes(18).toString('base64url');
}
