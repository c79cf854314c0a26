import { constants, createVerify, type webcrypto, X509Certificate } from "node:crypto";
import type { Certificate, CertificateSubject, Pki } from "../station/ports.ts";
import { readCertificates } from "./certificate.ts";
import { loadX509 } from "./x509.ts";

/** OCPP's hash (A00.FR.506), on the curve that every TLS stack has. */
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** Certificates, keys and signatures by OpenSSL and @peculiar/x509. */
export const pki: Pki = { read: readCertificates, request, verify };

async function request(subject: CertificateSubject): Promise<{ privateKey: string; csr: string }> {
  const { PemConverter, Pkcs10CertificateRequestGenerator } = await loadX509();
  const { subtle } = globalThis.crypto;
  const keys = (await subtle.generateKey(ALGORITHM, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
  const csr = await Pkcs10CertificateRequestGenerator.create({
    name: distinguishedName(subject),
    keys,
    signingAlgorithm: ALGORITHM,
  });
  const key = await subtle.exportKey("pkcs8", keys.privateKey);
  return {
    privateKey: `${PemConverter.encode(key, PemConverter.PrivateKeyTag)}\n`,
    csr: `${csr.toString("pem")}\n`,
  };
}

/** In the order that people expect: O above CN. */
export function distinguishedName({
  commonName,
  organization,
}: CertificateSubject): Record<string, string[]>[] {
  return [
    ...(organization === undefined || organization === "" ? [] : [{ O: [organization] }]),
    ...(commonName === undefined ? [] : [{ CN: [commonName] }]),
  ];
}

/**
 * OCPP asks for RSA-PSS or ECSchnorr (L01.FR.04); what signing tools make unless told otherwise, PKCS #1 v1.5 and
 * ECDSA, is taken too, both with SHA-256.
 */
async function verify(
  content: AsyncIterable<Uint8Array>,
  signature: string,
  signer: Certificate,
): Promise<boolean> {
  const key = new X509Certificate(signer.pem).publicKey;
  const ways =
    key.asymmetricKeyType === "rsa"
      ? [
          { key, padding: constants.RSA_PKCS1_PSS_PADDING },
          { key, padding: constants.RSA_PKCS1_PADDING },
        ]
      : [{ key }];
  const checks = ways.map((way) => ({ way, verifier: createVerify("SHA256") }));
  for await (const part of content) for (const { verifier } of checks) verifier.update(part);
  const bytes = Buffer.from(signature, "base64");
  return checks.some(({ way, verifier }) => {
    try {
      return verifier.verify(way, bytes);
    } catch {
      // A key of another kind (Ed25519, DSA of odd size): its signatures are not OCPP's.
      return false;
    }
  });
}
