import { describe, expect, it } from "vitest";
import type { Authority } from "../../../src/security/authority.ts";
import { memoryStore } from "../../../src/store/memory.ts";
import { SimulatedClock } from "../../../src/util/clock.ts";
import { authority, PAST, selfSigned, signatureOf } from "../../support/certificates.ts";
import { type Bench, bench } from "../../support/station.ts";

const CSMS = "CSMSRootCertificate";
const MAKER = "ManufacturerRootCertificate";

/** On today's date, as the certificates are. */
const station = (settings: Record<string, string> = {}, store = memoryStore()): Bench =>
  bench({ clock: new SimulatedClock(Date.now()), settings, store });

const installed = (b: Bench) =>
  b.station.kit.security.roots.installed([CSMS, MAKER]).map(({ use, hash }) => `${use} ${hash.serialNumber}`);
const install = (b: Bench, use: typeof CSMS | typeof MAKER, { certificate }: { certificate: string }) =>
  b.station.kit.security.roots.install(use, certificate);
const logged = (b: Bench) => b.station.kit.security.log().map((e) => `${e.type} ${e.techInfo}`);

describe("InstallCertificate (M05)", () => {
  it("keeps roots of both uses, over a restart, and once each", async () => {
    const store = memoryStore();
    const b = station({}, store);
    const [csms, maker] = [await authority("CSMS root"), await authority("Maker root")];
    expect(await install(b, CSMS, csms)).toEqual({ status: "Accepted" });
    expect(await install(b, MAKER, maker)).toEqual({ status: "Accepted" });
    expect(await install(b, CSMS, csms)).toEqual({ status: "Accepted" });
    expect(installed(b)).toHaveLength(2);
    expect(installed(station({}, store))).toEqual(installed(b));
    expect(b.station.kit.security.roots.pems(CSMS)).toEqual([csms.certificate]);
    expect(logged(b)).toEqual([
      expect.stringMatching(
        /^ReconfigurationOfSecurityParameters CSMSRootCertificate installed: CSMS root, Test/,
      ),
      expect.stringContaining("ManufacturerRootCertificate installed: Maker root"),
    ]);
  });

  it("takes a root that an installed one has signed", async () => {
    const b = station();
    const old = await authority("Old");
    const next = await old.authority({ commonName: "New" });
    expect(await install(b, CSMS, next)).toMatchObject({
      status: "Rejected",
      why: expect.stringContaining("nobody"),
    });
    await install(b, CSMS, old);
    expect(await install(b, CSMS, next)).toEqual({ status: "Accepted" });
  });

  it.each<[string, () => Promise<{ certificate: string }>, string]>([
    ["no certificate", async () => ({ certificate: "x" }), "not one certificate"],
    ["an expired one", () => authority("Old", PAST), "expired on 2021-01-01"],
    [
      "one of the future",
      () => authority("New", { notBefore: new Date("2100-01-01"), notAfter: new Date("2101-01-01") }),
      "not valid before 2100-01-01",
    ],
    ["one that may not sign", () => selfSigned(), "authority"],
    ["a weak one", () => authority("Weak", { keys: "RSA-1024" }), "1024 bits"],
    [
      "two at once",
      async () => ({ certificate: (await authority()).certificate.repeat(2) }),
      "not one certificate",
    ],
  ])("refuses %s", async (_, make, why) => {
    const b = station();
    expect(await install(b, CSMS, await make())).toEqual({
      status: "Rejected",
      why: expect.stringContaining(why),
    });
    expect(installed(b)).toEqual([]);
    expect(logged(b)).toEqual([]);
  });

  it("refuses more than CertificateStoreMaxLength (M05.FR.03)", async () => {
    const b = station({ "SecurityCtrlr.CertificateEntries": "1" });
    await install(b, CSMS, await authority());
    expect(await install(b, MAKER, await authority())).toMatchObject({ status: "Rejected" });
  });
});

describe("AdditionalRootCertificateCheck (M05.FR.08 to FR.13)", () => {
  async function checking() {
    const b = station({ "SecurityCtrlr.AdditionalRootCertificateCheck": "true" });
    const old = await authority("Old");
    await install(b, CSMS, old);
    return { b, old, next: await old.authority({ commonName: "New" }) };
  }

  it("refuses a root that the present one has not signed", async () => {
    const { b } = await checking();
    expect(await install(b, CSMS, await authority("Stranger"))).toMatchObject({ status: "Rejected" });
    expect(installed(b)).toHaveLength(1);
    expect(await install(b, MAKER, await authority("Maker"))).toEqual({ status: "Accepted" });
  });

  it("keeps the old root until a connection stands on the new one", async () => {
    const { b, old, next } = await checking();
    expect(await install(b, CSMS, next)).toEqual({ status: "Accepted" });
    expect(b.station.kit.security.roots.pems(CSMS)).toHaveLength(2);
    b.station.kit.security.roots.proven([old.certificate]);
    expect(b.station.kit.security.roots.pems(CSMS)).toHaveLength(2);
    b.station.kit.security.roots.proven([next.certificate, old.certificate]);
    expect(b.station.kit.security.roots.pems(CSMS)).toEqual([next.certificate]);
  });

  it("the fallback cannot vouch for another root", async () => {
    const { b, old, next } = await checking();
    await install(b, CSMS, next);
    expect(await install(b, CSMS, await old.authority({ commonName: "Third" }))).toMatchObject({
      status: "Rejected",
    });
    const third = await next.authority({ commonName: "Third" });
    expect(await install(b, CSMS, third)).toEqual({ status: "Accepted" });
    expect(b.station.kit.security.roots.pems(CSMS)).toEqual(
      expect.arrayContaining([next.certificate, third.certificate]),
    );
    expect(b.station.kit.security.roots.pems(CSMS)).toHaveLength(2);
  });
});

describe("DeleteCertificate (M04)", () => {
  it("finds a root under any of its names, whatever their case", async () => {
    const b = station();
    const { roots } = b.station.kit.security;
    for (const n of [0, 1, 2]) {
      const root = await authority();
      await install(b, MAKER, root);
      const hash = (await hashesOf(root))[n];
      if (hash === undefined) throw new Error("no hash");
      const shouted = {
        ...hash,
        issuerKeyHash: hash.issuerKeyHash.toUpperCase(),
        serialNumber: `00${hash.serialNumber.toLowerCase()}`,
      };
      expect(roots.remove({ ...hash, serialNumber: "1" }, [])).toBe("NotFound");
      expect(roots.remove({ ...hash, hashAlgorithm: n === 0 ? "SHA512" : "SHA256" }, [])).toBe("NotFound");
      expect(roots.remove(shouted, [])).toBe("Accepted");
      expect(roots.remove(shouted, [])).toBe("NotFound");
    }
    expect(logged(b).filter((line) => line.includes("removed"))).toHaveLength(3);
  });

  it("leaves the one that the connection stands on (M04.FR.06)", async () => {
    const b = station();
    const root = await authority();
    await install(b, CSMS, root);
    const [hash] = await hashesOf(root);
    if (hash === undefined) throw new Error("no hash");
    expect(b.station.kit.security.roots.remove(hash, [root.certificate])).toBe("Failed");
    expect(installed(b)).toHaveLength(1);
  });
});

describe("firmware", () => {
  async function* parts(content: string): AsyncGenerator<Uint8Array> {
    yield Buffer.from(content);
  }

  it("is taken under a certificate that a manufacturer's root has signed itself", async () => {
    const b = station();
    const { security } = b.station.kit;
    const [maker, csms] = [await authority("Maker"), await authority("CSMS")];
    await install(b, MAKER, maker);
    await install(b, CSMS, csms);
    const check = async (by: Authority, content = "new", wish = {}) => {
      const { certificate, privateKey } = await by.issue({ commonName: "Signer", ...wish });
      const signature = signatureOf(Buffer.from("new"), privateKey);
      return security.verifyFirmware({ content: parts(content), signature, signingCertificate: certificate });
    };
    expect(await check(maker)).toBe("ok");
    expect(await check(maker, "old")).toBe("invalidSignature");
    expect(await check(csms)).toBe("invalidCertificate");
    expect(await check(maker, "new", PAST)).toBe("invalidCertificate");
    expect(await check(await maker.authority({ commonName: "Between" }))).toBe("invalidCertificate");
    expect(await security.signerProblem("x")).toContain("not one certificate");
  });
});

async function hashesOf({ certificate }: { certificate: string }) {
  const { pki } = await import("../../../src/security/pki.ts");
  const [read] = (await pki.read(certificate)) ?? [];
  return read === undefined ? [] : read.hashes(read);
}
