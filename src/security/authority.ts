import { createPrivateKey, createPublicKey, randomBytes, type webcrypto } from "node:crypto";
import { isIP } from "node:net";
import type { CertificateSubject } from "../station/ports.ts";
import { distinguishedName } from "./pki.ts";
import { loadX509 } from "./x509.ts";

type Keys = webcrypto.CryptoKeyPair;

/** What keys a certificate is made for: a curve, or RSA of so many bits. */
export type KeyKind = "P-256" | "P-384" | `RSA-${number}`;

function algorithmOf(kind: KeyKind): object {
  if (kind === "P-256") return { name: "ECDSA", namedCurve: kind, hash: "SHA-256" };
  if (kind === "P-384") return { name: "ECDSA", namedCurve: kind, hash: "SHA-384" };
  const modulusLength = Number(kind.slice("RSA-".length));
  const publicExponent = new Uint8Array([1, 0, 1]);
  return { name: "RSASSA-PKCS1-v1_5", modulusLength, publicExponent, hash: "SHA-256" };
}

/** How a certificate is to be. */
export interface CertificateWish extends CertificateSubject {
  /** Default: an hour ago, so that clocks may differ. */
  readonly notBefore?: Date;
  /** Default: a year from now. */
  readonly notAfter?: Date;
  /** Host names and IP addresses that a server is reached under (subjectAltName). */
  readonly hosts?: readonly string[];
  /** Default P-256. */
  readonly keys?: KeyKind;
}

/** A certificate with its private key, both PEM. */
export interface Issued {
  readonly certificate: string;
  readonly privateKey: string;
}

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

/** A certificate authority in a file or two: enough for the built-in central system and for tests. */
export class Authority {
  /** Its own certificate, PEM. */
  readonly certificate: string;
  /** PEM; a secret. */
  readonly privateKey: string;

  constructor({ certificate, privateKey }: Issued) {
    this.certificate = certificate;
    this.privateKey = privateKey;
  }

  /** A new authority that has signed itself. Default: valid for ten years. */
  static async create(wish: CertificateWish): Promise<Authority> {
    return new Authority(
      await make({ notAfter: new Date(Date.now() + 10 * YEAR_MS), ...wish }, undefined, true),
    );
  }

  /** An authority below this one. */
  async authority(wish: CertificateWish): Promise<Authority> {
    return new Authority(await make(wish, this, true));
  }

  /** A certificate for a server, a station or a signer, with a new key. */
  issue(wish: CertificateWish): Promise<Issued> {
    return make(wish, this, false);
  }

  /**
   * Signs a request (PKCS#10, PEM) with the subject that it asks for, or with another one.
   * @throws when it is no request, or its own signature does not hold
   */
  async sign(csr: string, wish: CertificateWish = {}): Promise<string> {
    const { Pkcs10CertificateRequest } = await loadX509();
    const request = new Pkcs10CertificateRequest(csr);
    if (!(await request.verify())) throw new Error("the request is not signed with its own key");
    const [commonName] = request.subjectName.getField("CN");
    const [organization] = request.subjectName.getField("O");
    const subject = {
      ...(commonName === undefined ? {} : { commonName }),
      ...(organization === undefined ? {} : { organization }),
    };
    return certificateOf(await request.publicKey.export(), { ...subject, ...wish }, this, false);
  }
}

/** Self-signed without an issuer. */
export async function make(
  wish: CertificateWish,
  issuer: Authority | undefined,
  isAuthority: boolean,
): Promise<Issued> {
  const { PemConverter } = await loadX509();
  const { subtle } = globalThis.crypto;
  const algorithm = algorithmOf(wish.keys ?? "P-256") as webcrypto.EcKeyGenParams;
  const keys = (await subtle.generateKey(algorithm, true, ["sign", "verify"])) as Keys;
  const pkcs8 = await subtle.exportKey("pkcs8", keys.privateKey);
  const privateKey = `${PemConverter.encode(pkcs8, PemConverter.PrivateKeyTag)}\n`;
  const signer = issuer ?? { privateKey };
  return { privateKey, certificate: await certificateOf(keys.publicKey, wish, signer, isAuthority) };
}

async function certificateOf(
  publicKey: webcrypto.CryptoKey,
  wish: CertificateWish,
  issuer: { readonly certificate?: string; readonly privateKey: string },
  isAuthority: boolean,
): Promise<string> {
  const x509 = await loadX509();
  const subject = new x509.Name(distinguishedName(wish));
  const issuerName =
    issuer.certificate === undefined ? subject : new x509.X509Certificate(issuer.certificate).subjectName;
  const { key, algorithm } = await signingKey(issuer.privateKey);
  const certificate = await x509.X509CertificateGenerator.create({
    // Positive, and never twice.
    serialNumber: `01${randomBytes(15).toString("hex")}`,
    subject,
    issuer: issuerName,
    notBefore: wish.notBefore ?? new Date(Date.now() - HOUR_MS),
    notAfter: wish.notAfter ?? new Date(Date.now() + YEAR_MS),
    publicKey,
    signingKey: key,
    signingAlgorithm: algorithm as EcdsaParams,
    extensions: await extensions(x509, wish, publicKey, isAuthority),
  });
  return `${certificate.toString("pem")}\n`;
}

type X509 = Awaited<ReturnType<typeof loadX509>>;
type EcdsaParams = webcrypto.EcdsaParams;

async function extensions(x509: X509, wish: CertificateWish, key: webcrypto.CryptoKey, isAuthority: boolean) {
  const { KeyUsageFlags: flags } = x509;
  const usage = isAuthority ? flags.keyCertSign | flags.cRLSign : flags.digitalSignature;
  const names = (wish.hosts ?? []).map((host) => ({ type: isIP(host) ? "ip" : "dns", value: host }) as const);
  return [
    new x509.BasicConstraintsExtension(isAuthority, undefined, true),
    new x509.KeyUsagesExtension(usage, true),
    await x509.SubjectKeyIdentifierExtension.create(key),
    ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
  ];
}

async function signingKey(pem: string): Promise<{ key: webcrypto.CryptoKey; algorithm: object }> {
  const key = createPrivateKey(pem);
  const { namedCurve } = createPublicKey(key).asymmetricKeyDetails ?? {};
  const kind: KeyKind =
    namedCurve === undefined ? "RSA-2048" : namedCurve === "secp384r1" ? "P-384" : "P-256";
  const algorithm = algorithmOf(kind);
  const der = key.export({ type: "pkcs8", format: "der" });
  const imported = await globalThis.crypto.subtle.importKey(
    "pkcs8",
    der,
    algorithm as webcrypto.EcKeyImportParams,
    false,
    ["sign"],
  );
  return { key: imported, algorithm };
}
