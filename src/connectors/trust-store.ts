/** Certificates out of Java's trust stores: JKS, and PKCS12 as keytool writes it (PBES2; older ciphers are refused by name). */
import { createDecipheriv, pbkdf2Sync, X509Certificate } from 'node:crypto';

const JKS_MAGIC = 0xfeedfeed;
const JKS_TRUSTED_CERT = 2;

/** A part of a DER text: its tag and what it holds. */
interface Der {
  readonly tag: number;
  readonly content: Buffer;
}

const SEQUENCE = 0x30;
const OCTETS = 0x04;
const OCTETS_IN_PARTS = 0x24;
const CONTEXT_0 = 0x80;
const EXPLICIT_0 = 0xa0;

const OID = {
  data: '2a864886f70d010701',
  encryptedData: '2a864886f70d010706',
  certBag: '2a864886f70d010c0a0103',
  pbes2: '2a864886f70d01050d',
  hmacSha1: '2a864886f70d0207',
  hmacSha256: '2a864886f70d0209',
  hmacSha512: '2a864886f70d020b',
  aes128: '608648016503040102',
  aes256: '60864801650304012a',
} as const;

const DIGESTS: Readonly<Record<string, string>> = {
  [OID.hmacSha1]: 'sha1',
  [OID.hmacSha256]: 'sha256',
  [OID.hmacSha512]: 'sha512',
};

/** The trusted certificates of a store as PEM. Throws an Error that says what is wrong with it. */
export function trustedCertificates(store: Buffer, password: string): string[] {
  const found = store.length > 12 && store.readUInt32BE(0) === JKS_MAGIC ? jks(store) : pkcs12(store, password);
  if (found.length === 0) throw new Error('it holds no certificate');
  return found.map((der) => new X509Certificate(der).toString());
}

function jks(store: Buffer): Buffer[] {
  const found: Buffer[] = [];
  let at = 12;
  const text = (): void => {
    at += 2 + store.readUInt16BE(at);
  };
  for (let left = store.readUInt32BE(8); left > 0; left--) {
    const tag = store.readUInt32BE(at);
    at += 4;
    text();
    at += 8;
    if (tag !== JKS_TRUSTED_CERT) throw new Error('it holds private keys: give a trust store');
    text();
    const length = store.readUInt32BE(at);
    found.push(store.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return found;
}

function pkcs12(store: Buffer, password: string): Buffer[] {
  const [, authSafe] = partsOf(only(store, SEQUENCE));
  const safes = partsOf(only(octets(contentOf(authSafe, OID.data)), SEQUENCE));
  return safes.flatMap((safe) => {
    const [oid] = partsOf(safe.content);
    const isOpen = oid?.content.toString('hex') === OID.data;
    const bags = isOpen ? octets(contentOf(safe, OID.data)) : decrypted(contentOf(safe, OID.encryptedData), password);
    return partsOf(only(bags, SEQUENCE)).flatMap(certificatesOf);
  });
}

function certificatesOf(bag: Der): Buffer[] {
  const [oid, value] = partsOf(bag.content);
  if (oid?.content.toString('hex') !== OID.certBag) return [];
  const [, certificate] = partsOf(only(value?.content ?? Buffer.alloc(0), SEQUENCE));
  return [only(certificate?.content ?? Buffer.alloc(0), OCTETS)];
}

function decrypted(data: Buffer, password: string): Buffer {
  const [, info] = partsOf(only(data, SEQUENCE));
  const [, algorithm, sealed] = partsOf(info?.content ?? Buffer.alloc(0));
  const [scheme, parameters] = partsOf(algorithm?.content ?? Buffer.alloc(0));
  if (scheme?.content.toString('hex') !== OID.pbes2 || !sealed)
    throw new Error('it is encrypted by an old algorithm: convert it to PEM with keytool -exportcert -rfc');
  const [derivation, cipher] = partsOf(parameters?.content ?? Buffer.alloc(0));
  const [, pbkdf2] = partsOf(derivation?.content ?? Buffer.alloc(0));
  const [salt, iterations, ...rest] = partsOf(pbkdf2?.content ?? Buffer.alloc(0));
  const prf = rest.find((part) => part.tag === SEQUENCE);
  const digest = DIGESTS[prf ? (partsOf(prf.content)[0]?.content.toString('hex') ?? '') : OID.hmacSha1];
  const [name, iv] = partsOf(cipher?.content ?? Buffer.alloc(0));
  const bits = name?.content.toString('hex') === OID.aes256 ? 256 : 128;
  if (!digest || !salt || !iterations || !iv || (bits === 128 && name?.content.toString('hex') !== OID.aes128))
    throw new Error('it is encrypted by an unknown algorithm');
  const rounds = Number.parseInt(iterations.content.toString('hex'), 16);
  const key = pbkdf2Sync(password, salt.content, rounds, bits / 8, digest);
  const decipher = createDecipheriv(`aes-${bits}-cbc`, key, iv.content);
  const bytes = sealed.tag === CONTEXT_0 ? sealed.content : octetsOf(sealed);
  try {
    return Buffer.concat([decipher.update(bytes), decipher.final()]);
  } catch {
    throw new Error('the password is wrong');
  }
}

/** What a ContentInfo of the kind holds. */
function contentOf(info: Der | undefined, kind: string): Buffer {
  const [oid, content] = partsOf(info?.content ?? Buffer.alloc(0));
  if (oid?.content.toString('hex') !== kind || content?.tag !== EXPLICIT_0) throw new Error('it is no PKCS12 or JKS');
  return content.content;
}

function octets(bytes: Buffer): Buffer {
  const [part] = partsOf(bytes);
  if (!part) throw new Error('it is cut off');
  return octetsOf(part);
}

function octetsOf(part: Der): Buffer {
  if (part.tag !== OCTETS_IN_PARTS && part.tag !== EXPLICIT_0) return part.content;
  return Buffer.concat(partsOf(part.content).map((each) => each.content));
}

function only(bytes: Buffer, tag: number): Buffer {
  const [part] = partsOf(bytes);
  if (part?.tag !== tag) throw new Error('it is no PKCS12 or JKS');
  return part.content;
}

function partsOf(bytes: Buffer): Der[] {
  const parts: Der[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] as number;
    let length = bytes[at + 1] ?? 0;
    at += 2;
    if (length > 0x80) {
      const width = length & 0x7f;
      if (width > 4 || at + width > bytes.length) throw new Error('it is no PKCS12 or JKS');
      length = bytes.readUIntBE(at, width);
      at += width;
    }
    if (at + length > bytes.length) throw new Error('it is cut off');
    parts.push({ tag, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return parts;
}
