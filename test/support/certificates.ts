import { createHash, sign as signBytes } from "node:crypto";
import { Authority, type CertificateWish, type Issued, make } from "../../src/security/authority.ts";

/** Certificates for tests, made on the spot. */

/** An authority with the name that tests look for. */
export const authority = (commonName = "Test root", wish: CertificateWish = {}): Promise<Authority> =>
  Authority.create({ commonName, organization: "Test", ...wish });

/** A certificate for 127.0.0.1 and localhost. */
export const serverCertificate = (by: Authority, wish: CertificateWish = {}): Promise<Issued> =>
  by.issue({ commonName: "localhost", organization: "Test", hosts: ["127.0.0.1", "localhost"], ...wish });

/** One that has signed itself and is no authority. */
export const selfSigned = (wish: CertificateWish = {}): Promise<Issued> =>
  make({ commonName: "localhost", organization: "Test", hosts: ["127.0.0.1"], ...wish }, undefined, false);

/** Long ago and over. */
export const PAST = { notBefore: new Date("2001-01-01"), notAfter: new Date("2021-01-01") } as const;

/** The signature of a file as OCPP carries it. */
export const signatureOf = (content: Uint8Array, privateKey: string): string =>
  signBytes("sha256", content, privateKey).toString("base64");

export const sha256 = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");
