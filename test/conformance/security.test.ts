import { afterAll, beforeAll, describe, expect } from "vitest";
import type { Authority } from "../../src/security/authority.ts";
import { authority, PAST, selfSigned } from "../support/certificates.ts";
import { ScriptedServer, until } from "../support/ws-server.ts";
import type { Rig } from "./rig.ts";
import { rule, testCase } from "./row.ts";

/** The security extension of 1.6 (white paper edition 3), on the wire. */

const KEY = "00112233445566778899aabbccddeeff";
const NEXT_KEY = "ffeeddccbbaa99887766554433221100";
const cpo = { keys: { CpoName: "Operator" } };
const Accepted = { status: "Accepted" };
const Rejected = { status: "Rejected" };

let root: Authority;
/** A secure address with a certificate that nobody vouches for. */
let stranger: ScriptedServer;
beforeAll(async () => {
  root = await authority("Operator root");
  const { certificate: cert, privateKey: key } = await selfSigned();
  stranger = await ScriptedServer.start({ tls: { cert, key } });
});
afterAll(() => stranger.close());

/** User name and password of the last handshake, the password in hex. */
function shown(rig: Rig): string {
  const header = rig.central.handshakes.at(-1)?.headers.authorization ?? "";
  const bytes = Buffer.from(header.replace(/^Basic /, ""), "base64");
  const colon = bytes.indexOf(":");
  return `${bytes.subarray(0, colon)}:${bytes.subarray(colon + 1).toString("hex")}`;
}

const install = (rig: Rig, certificateType: string, certificate: string, wanted: object = Accepted) =>
  rig.central.send("InstallCertificate", { certificateType, certificate }, { ...wanted });
const installed = (rig: Rig, certificateType: string) =>
  rig.central.send("GetInstalledCertificateIds", { certificateType });

/** Has the station ask for a certificate; gives the request. */
async function requested(rig: Rig): Promise<string> {
  const before = rig.of("certificate").length;
  const trigger = { requestedMessage: "SignChargePointCertificate" };
  await rig.central.send("ExtendedTriggerMessage", trigger, Accepted);
  await until("the new key", () => rig.of("certificate").length > before);
  const { csr } = await rig.central.expect("SignCertificate");
  return String(csr);
}

/** Signed for years, for the row's clock runs ahead. */
const signed = async (csr: string, wish: object = {}) => ({
  certificateChain: await root.sign(csr, { notAfter: new Date("2032-01-01"), ...wish }),
});

describe("AuthorizationKey (A01)", () => {
  testCase("TC_073_CS", { credentials: { authorizationKey: KEY } }, async (rig) => {
    expect(shown(rig)).toBe(`CP001:${KEY}`);
    const change = { key: "AuthorizationKey", value: NEXT_KEY };
    await rig.central.send("ChangeConfiguration", change, Accepted);
    await rig.central.reconnected();
    await until("the new handshake", () => rig.central.handshakes.length === 2);
    await rig.central.reconnected();
    expect(shown(rig)).toBe(`CP001:${NEXT_KEY}`);
    const { configurationKey } = await rig.central.send("GetConfiguration", { key: ["AuthorizationKey"] });
    expect(configurationKey).toEqual([{ key: "AuthorizationKey", readonly: false }]);
    // A mere reconnect needs no BootNotification (1.6 §4.2).
    await rig.central.nothing("BootNotification");
  });
});

describe("the station's certificate (A02)", () => {
  testCase("TC_074_CS", { ...cpo, answers: { SignCertificate: Accepted } }, async (rig) => {
    await install(rig, "CentralSystemRootCertificate", root.certificate);
    const csr = await requested(rig);
    await rig.central.send("CertificateSigned", await signed(csr), Accepted);
    // Used up: the same again is for no key.
    await rig.central.send("CertificateSigned", await signed(csr), Rejected);
    await rig.central.expect("SecurityEventNotification", { type: "InvalidChargePointCertificate" });
  });

  testCase("TC_077_CS", { ...cpo, answers: { SignCertificate: Accepted } }, async (rig) => {
    await install(rig, "CentralSystemRootCertificate", root.certificate);
    const csr = await requested(rig);
    for (const wish of [{ organization: "Others" }, { commonName: "CP0011" }, PAST]) {
      await rig.central.send("CertificateSigned", await signed(csr, wish), Rejected);
      const event = { type: "InvalidChargePointCertificate" };
      const { techInfo } = await rig.central.expect("SecurityEventNotification", event);
      expect(techInfo).toBeTruthy();
    }
    await rig.central.send("CertificateSigned", await signed(csr), Accepted);
  });

  rule("A02 prerequisites", "CpoName must be set", {}, async (rig) => {
    const trigger = { requestedMessage: "SignChargePointCertificate" };
    await rig.central.send("ExtendedTriggerMessage", trigger, Rejected);
  });
});

describe("root certificates (M03 to M05)", () => {
  testCase("TC_075_1_CS", {}, async (rig) => {
    const use = "ManufacturerRootCertificate";
    expect(await installed(rig, use)).toEqual({ status: "NotFound" });
    await install(rig, use, root.certificate);
    expect(await installed(rig, use)).toMatchObject({
      status: "Accepted",
      certificateHashData: [{ hashAlgorithm: "SHA256", serialNumber: expect.stringMatching(/^[1-9A-F]/) }],
    });
    expect(await installed(rig, "CentralSystemRootCertificate")).toEqual({ status: "NotFound" });
  });

  testCase("TC_075_2_CS", {}, async (rig) => {
    await install(rig, "CentralSystemRootCertificate", root.certificate);
    expect(await installed(rig, "CentralSystemRootCertificate")).toMatchObject(Accepted);
    await install(rig, "CentralSystemRootCertificate", "no certificate", Rejected);
  });

  testCase("TC_076_CS", {}, async (rig) => {
    await install(rig, "CentralSystemRootCertificate", root.certificate);
    const { certificateHashData } = await installed(rig, "CentralSystemRootCertificate");
    const [hash] = certificateHashData as object[];
    const request = { certificateHashData: hash };
    await rig.central.send("DeleteCertificate", request, Accepted);
    await rig.central.send("DeleteCertificate", request, { status: "NotFound" });
    expect(await installed(rig, "CentralSystemRootCertificate")).toEqual({ status: "NotFound" });
  });

  rule(
    "M05.FR.03",
    "not more than CertificateStoreMaxLength",
    { keys: { CertificateStoreMaxLength: 1 } },
    async (rig) => {
      await install(rig, "CentralSystemRootCertificate", root.certificate);
      await install(rig, "ManufacturerRootCertificate", root.certificate, Rejected);
    },
  );
});

describe("the security profile (A05)", () => {
  const secure = {
    credentials: {
      authorizationKey: KEY,
      get csmsSecure() {
        return stranger.url;
      },
    },
  };

  testCase("TC_078_CS", secure, async (rig) => {
    await install(rig, "CentralSystemRootCertificate", root.certificate);
    const change = { key: "SecurityProfile", value: "2" };
    await rig.central.send("ChangeConfiguration", change, Accepted);
    await until("the refusal", () => rig.of("link").some((f) => f.state === "refused"));
    await rig.pass(1);
    await rig.central.reconnected();
    expect(shown(rig)).toBe(`CP001:${KEY}`);
    await rig.central.expect("SecurityEventNotification", { type: "InvalidCentralSystemCertificate" });
    expect(stranger.requests).toEqual([]);
    const { configurationKey } = await rig.central.send("GetConfiguration", { key: ["SecurityProfile"] });
    expect(configurationKey).toMatchObject([{ value: "1" }]);
  });

  rule("A05.FR.01 to FR.04", "is never lowered, nor raised without what it needs", secure, async (rig) => {
    for (const value of ["0", "1", "2", "3", "4"])
      await rig.central.send("ChangeConfiguration", { key: "SecurityProfile", value }, Rejected);
    await rig.pass(60);
    expect(rig.central.handshakes).toHaveLength(1);
  });
});

describe("security events (A04)", () => {
  const events = (rig: Rig) => rig.central.all("SecurityEventNotification").map((c) => c.payload.type);

  rule(
    "A04.FR.01",
    "critical ones are told from profile 1 on",
    { credentials: { authorizationKey: KEY } },
    async (rig) => {
      expect(events(rig)).toEqual(["StartupOfTheDevice"]);
      await rig.central.send("Reset", { type: "Hard" }, Accepted);
      await rig.pass(10);
      await rig.central.reconnected();
      expect(events(rig)).toEqual(["StartupOfTheDevice", "StartupOfTheDevice", "ResetOrReboot"]);
      rig.central.skip();
    },
  );

  rule(
    "A04.FR.02",
    "those of an outage are told after it",
    { credentials: { authorizationKey: KEY } },
    async (rig) => {
      await rig.station.power("cut");
      await rig.station.offline();
      await rig.station.power("restore");
      await rig.pass(60);
      expect(events(rig)).toHaveLength(1);
      await rig.station.online();
      await rig.central.reconnected();
      const told = rig.central.all("SecurityEventNotification").at(-1)?.payload;
      expect(told).toEqual({ type: "StartupOfTheDevice", timestamp: "2030-01-01T10:00:00.000Z" });
      rig.central.skip();
    },
  );

  rule("A04", "a clock that is set", { credentials: { authorizationKey: KEY } }, async (rig) => {
    rig.central.answer("Heartbeat", { currentTime: "2030-01-01T12:00:00Z" });
    await rig.central.send("TriggerMessage", { requestedMessage: "Heartbeat" }, Accepted);
    await rig.central.expect("Heartbeat");
    const { timestamp } = await rig.central.expect("SecurityEventNotification", {
      type: "SettingSystemTime",
    });
    expect(timestamp).toMatch(/^2030-01-01T12:00:00/);
  });

  rule("A04.FR.01", "a plain 1.6 central system, profile 0, hears of none", {}, async (rig) => {
    await rig.central.send("Reset", { type: "Soft" }, Accepted);
    await rig.pass(10);
    await rig.central.reconnected();
    expect(events(rig)).toEqual([]);
    rig.central.skip();
  });
});
