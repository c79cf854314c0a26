import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import type { Certificate, CertificateHash, CertificateSubject } from "../station/ports.ts";
import { loadX509 } from "./x509.ts";

const ONE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** No chain of a station needs more; each costs time to read. */
const MAX_CERTIFICATES = 20;

/** The certificates of a PEM text; undefined when one cannot be read, when there is none, or other things stand between. */
export async function readCertificates(pem: string): Promise<readonly Certificate[] | undefined> {
  const texts = pem.match(ONE) ?? [];
  const others = pem.replace(ONE, "").includes("-----BEGIN");
  if (texts.length === 0 || texts.length > MAX_CERTIFICATES || others) return undefined;
  try {
    return await Promise.all(texts.map(readCertificate));
  } catch {
    return undefined;
  }
}

async function readCertificate(pem: string): Promise<ReadCertificate> {
  const { X509Certificate: Peculiar } = await loadX509();
  return new ReadCertificate(new X509Certificate(pem), new Peculiar(pem), pem);
}

type PeculiarCertificate = InstanceType<Awaited<ReturnType<typeof loadX509>>["X509Certificate"]>;

const ALGORITHMS = ["SHA256", "SHA384", "SHA512"] as const;

/** OpenSSL, through Node, judges; names under hashes are the other library's. */
class ReadCertificate implements Certificate {
  readonly pem: string;
  readonly subject: CertificateSubject;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly isAuthority: boolean;
  readonly weakness?: string;
  readonly node: X509Certificate;
  readonly peculiar: PeculiarCertificate;

  constructor(node: X509Certificate, peculiar: PeculiarCertificate, pem: string) {
    this.pem = `${pem}\n`;
    this.node = node;
    this.peculiar = peculiar;
    const { CN, O } = node.toLegacyObject().subject as unknown as Record<
      string,
      string | string[] | undefined
    >;
    const [commonName, organization] = [first(CN), first(O)];
    this.subject = {
      ...(commonName === undefined ? {} : { commonName }),
      ...(organization === undefined ? {} : { organization }),
    };
    this.notBefore = Date.parse(node.validFrom);
    this.notAfter = Date.parse(node.validTo);
    this.isAuthority = node.ca;
    const weakness = weakKey(node.publicKey) ?? weakSignature(this);
    if (weakness !== undefined) this.weakness = weakness;
  }

  isSignedBy(issuer: Certificate): boolean {
    if (!(issuer instanceof ReadCertificate)) return false;
    return this.node.checkIssued(issuer.node) && this.node.verify(issuer.node.publicKey);
  }

  belongsTo(privateKey: string): boolean {
    try {
      return this.node.checkPrivateKey(createPrivateKey(privateKey));
    } catch {
      return false;
    }
  }

  async hashes(issuer: Certificate): Promise<readonly CertificateHash[]> {
    if (!(issuer instanceof ReadCertificate)) return [];
    const serialNumber = this.node.serialNumber.replace(/^0+(?=.)/, "");
    return Promise.all(
      ALGORITHMS.map(async (hashAlgorithm) => {
        const digest = hashAlgorithm.replace("SHA", "SHA-");
        const [name, key] = await Promise.all([
          this.peculiar.issuerName.getThumbprint(digest),
          issuer.peculiar.publicKey.getKeyIdentifier(digest),
        ]);
        return { hashAlgorithm, issuerNameHash: hex(name), issuerKeyHash: hex(key), serialNumber };
      }),
    );
  }
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function hex(bytes: ArrayBuffer): string {
  return Buffer.from(bytes).toString("hex");
}

/** Security of at least 112 bits: RSA of 2048 bits, elliptic curves of 224 (A00.FR.502, FR.503). */
function weakKey(key: KeyObject): string | undefined {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined && modulusLength < 2048) return `its key has ${modulusLength} bits only`;
  const curve = Number(/\d{3}/.exec(namedCurve ?? "")?.[0] ?? 256);
  return curve < 224 ? `its key is on the weak curve ${namedCurve}` : undefined;
}

/** A root's signature on itself proves nothing, and so its strength does not count. */
function weakSignature({ node, peculiar }: ReadCertificate): string | undefined {
  const { hash } = peculiar.signatureAlgorithm as { hash?: { name?: string } };
  const isWeak = hash?.name !== undefined && /^(SHA-1|MD\d)$/i.test(hash.name);
  return isWeak && node.subject !== node.issuer ? `it is signed with ${hash.name}` : undefined;
}
