import { constants, sign, X509Certificate } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pki } from "../../src/security/pki.ts";
import { authority, PAST, selfSigned, serverCertificate, signatureOf } from "../support/certificates.ts";

/** Made by OpenSSL, valid until 2126; its OCSP names below are OpenSSL's own (`openssl ocsp -req_text`). */
const KNOWN = `-----BEGIN CERTIFICATE-----
MIIBoDCCAUWgAwIBAgICD/8wCgYIKoZIzj0EAwIwLTEWMBQGA1UECgwNw4Vyc3Rh
IEVsLCBBQjETMBEGA1UEAwwKS25vd24gcm9vdDAgFw0yNjExMjUxNTI3MTNaGA8y
MTI2MTEwMTE1MjcxM1owLTEWMBQGA1UECgwNw4Vyc3RhIEVsLCBBQjETMBEGA1UE
AwwKS25vd24gcm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGoFW/pUYvgp
nabJkc3Y6IxB40wsEA9Lt97B4LI5cHiX9SPu/bMT3OMhwVA8jm3n1ZSuN8JEwNkt
Xcn/NTyCB0yjUzBRMB0GA1UdDgQWBBTS5xJDx6vEen1+Qla80CtVZxYdGDAfBgNV
HSMEGDAWgBTS5xJDx6vEen1+Qla80CtVZxYdGDAPBgNVHRMBAf8EBTADAQH/MAoG
CCqGSM49BAMCA0kAMEYCIQCZtWemiPLgYNF82bFhZr0ARzy3to9YKgs1bbUJtsUT
vgIhAOP+p0Ry7lHGtAQkzyT3xJkLZwBt/Rql+wdING0euxei
-----END CERTIFICATE-----
`;

const one = async (pem: string) => {
  const [certificate] = (await pki.read(pem)) ?? [];
  if (certificate === undefined) throw new Error("unreadable");
  return certificate;
};

async function* parts(text: string): AsyncGenerator<Uint8Array> {
  for (const part of text.match(/.{1,7}/gs) ?? []) yield Buffer.from(part);
}

describe("reading certificates", () => {
  it("tells subject, validity and the names that OCSP gives", async () => {
    const known = await one(KNOWN);
    expect(known.subject).toEqual({ commonName: "Known root", organization: "Årsta El, AB" });
    expect(new Date(known.notAfter).toISOString()).toBe("2126-11-01T15:27:13.000Z");
    expect(known).toMatchObject({ isAuthority: true });
    expect(known.weakness).toBeUndefined();
    const [sha256, sha384, sha512] = await known.hashes(known);
    expect(sha256).toEqual({
      hashAlgorithm: "SHA256",
      issuerNameHash: "fb6640fbb77207be819e8f95586428c525f4af63acb2e05ee565040777834664",
      issuerKeyHash: "ebeec33b5d5517882c1966799d55e0b0b36c960cb9db329b0bdebef35831b038",
      serialNumber: "FFF",
    });
    expect(sha384?.issuerNameHash.toUpperCase()).toMatch(/^849A92A7030B6399420D1C5F99E59FE8F0CC59EC31/);
    expect(sha384?.issuerKeyHash).toHaveLength(96);
    expect(sha512?.issuerKeyHash.toUpperCase()).toMatch(/^FEE4AC96A574FBE88CCAA3D6A3B47975CFE9494EBA/);
    expect(sha512?.issuerNameHash).toHaveLength(128);
  });

  it("keeps the order of a chain, and knows who signed whom", async () => {
    const root = await authority();
    const below = await root.authority({ commonName: "Below" });
    const leaf = await below.issue({ commonName: "CP001", organization: "Test" });
    const chain = await pki.read(`${leaf.certificate}${below.certificate}`);
    expect(chain?.map((c) => c.subject.commonName)).toEqual(["CP001", "Below"]);
    const [first, second] = chain ?? [];
    const top = await one(root.certificate);
    if (first === undefined || second === undefined) throw new Error("two were expected");
    expect([first.isSignedBy(second), second.isSignedBy(top), first.isSignedBy(top)]).toEqual([
      true,
      true,
      false,
    ]);
    expect([first.isAuthority, second.isAuthority]).toEqual([false, true]);
    // The same name and another key: no issuer.
    expect(first.isSignedBy(await one((await authority("Below")).certificate))).toBe(false);
    expect(first.belongsTo(leaf.privateKey)).toBe(true);
    expect(first.belongsTo(below.privateKey)).toBe(false);
    expect(first.belongsTo("no key")).toBe(false);
  });

  it.each([
    ["nothing", ""],
    ["no PEM", "hello"],
    ["a broken one", KNOWN.replace("MIIBoDCC", "MIIBoDCD")],
    ["one that ends early", KNOWN.replace(/vgIhA.*\n/, "")],
  ])("%s is none", async (_, text) => {
    expect(await pki.read(text)).toBeUndefined();
  });

  it("a private key beside it is not taken along", async () => {
    const { certificate, privateKey } = await selfSigned();
    expect(await pki.read(certificate + privateKey)).toBeUndefined();
  });

  it("weak keys are found", async () => {
    const weak = await selfSigned({ keys: "RSA-1024" });
    expect((await one(weak.certificate)).weakness).toBe("its key has 1024 bits only");
    const strong = await selfSigned({ keys: "RSA-2048", ...PAST });
    expect((await one(strong.certificate)).weakness).toBeUndefined();
  });
});

describe("hostile texts", () => {
  const base64 = KNOWN.split("\n").slice(1, -2).join("");
  const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;

  it("are no certificates, or some that can be asked anything: nothing throws", async () => {
    const bent = fc
      .array(fc.tuple(fc.nat(base64.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 })
      .map((changes) => {
        const der = Buffer.from(base64, "base64");
        for (const [at, byte] of changes) der[at % der.length] = byte;
        return pem(der.toString("base64"));
      });
    const texts = fc.oneof(bent, fc.string(), fc.base64String().map(pem), fc.constant(pem("A".repeat(9000))));
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const read = await pki.read(text);
        for (const c of read ?? []) {
          expect([typeof c.isSignedBy(c), typeof c.belongsTo("x")]).toEqual(["boolean", "boolean"]);
          expect(await c.hashes(c)).toHaveLength(3);
          expect(await pki.verify(parts("x"), "AAAA", c)).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("very many certificates at once are none", async () => {
    expect(await pki.read(KNOWN.repeat(20))).toHaveLength(20);
    expect(await pki.read(KNOWN.repeat(21))).toBeUndefined();
  });
});

describe("a request for a certificate", () => {
  it("is a PKCS#10 for a P-256 key with O and CN, signed by the key itself", async () => {
    const { csr, privateKey } = await pki.request({ commonName: "SN 1, a", organization: "Órg" });
    expect(csr).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----\n/);
    expect(csr.length).toBeLessThan(5500);
    const root = await authority();
    const signed = await one(await root.sign(csr));
    expect(signed.subject).toEqual({ commonName: "SN 1, a", organization: "Órg" });
    expect(signed.belongsTo(privateKey)).toBe(true);
    expect(new X509Certificate(signed.pem).publicKey.asymmetricKeyDetails).toEqual({
      namedCurve: "prime256v1",
    });
    const again = await pki.request({ commonName: "SN 1, a", organization: "Órg" });
    expect(again.privateKey).not.toBe(privateKey);
    const [body = ""] = csr.match(/(?<=REQUEST-----\n)[\s\S]+(?=\n-----END)/) ?? [];
    const der = Buffer.from(body, "base64");
    der[20] = (der[20] ?? 0) ^ 1;
    const bent = csr.replace(body, der.toString("base64"));
    await expect(root.sign(bent)).rejects.toThrow("not signed with its own key");
  });
});

describe("signatures", () => {
  const content = "firmware ".repeat(100);

  it.each([
    ["ECDSA", "P-256"],
    ["RSA, PKCS #1 v1.5", "RSA-2048"],
  ] as const)("%s", async (_, keys) => {
    const { certificate, privateKey } = await serverCertificate(await authority(), { keys });
    const signer = await one(certificate);
    const signature = signatureOf(Buffer.from(content), privateKey);
    expect(await pki.verify(parts(content), signature, signer)).toBe(true);
    expect(await pki.verify(parts(`${content}.`), signature, signer)).toBe(false);
    expect(await pki.verify(parts(content), "AAAA", signer)).toBe(false);
    expect(await pki.verify(parts(content), "", signer)).toBe(false);
    const other = await one((await serverCertificate(await authority(), { keys })).certificate);
    expect(await pki.verify(parts(content), signature, other)).toBe(false);
  });

  it("RSA-PSS", async () => {
    const { certificate, privateKey } = await selfSigned({ keys: "RSA-2048" });
    const way = { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING };
    const signature = sign("sha256", Buffer.from(content), way).toString("base64");
    expect(await pki.verify(parts(content), signature, await one(certificate))).toBe(true);
  });
});
