import { describe, expect, it } from "vitest";
import type { CertificateHash, StationCommands } from "../../src/station/ports.ts";
import { ask, askLater, at, deeds, dialectOf, hear, obligingStation, say } from "./support.ts";

/** The security extension's messages of both versions, one domain behind them. */

const hash: CertificateHash = {
  hashAlgorithm: "SHA256",
  issuerNameHash: "ab".repeat(32),
  issuerKeyHash: "cd".repeat(32),
  serialNumber: "FFF",
};
const csr = "-----BEGIN CERTIFICATE REQUEST-----";

const root = { "1.6": "CentralSystemRootCertificate", "2.0.1": "CSMSRootCertificate" } as const;

describe.each(["1.6", "2.0.1"] as const)("OCPP %s", async (version) => {
  const dialect = await dialectOf(version);

  it.each([
    [root[version], "CSMSRootCertificate"],
    ["ManufacturerRootCertificate", "ManufacturerRootCertificate"],
  ])("InstallCertificate %s", async (certificateType, use) => {
    const { commands, asked } = obligingStation({ installCertificate: async () => ({ status: "Failed" }) });
    const answer = await askLater(
      dialect,
      "InstallCertificate",
      { certificateType, certificate: "x" },
      commands,
    );
    expect(answer).toEqual({ status: "Failed" });
    expect(deeds(asked)).toEqual([["installCertificate", { use, certificate: "x" }]]);
  });

  it("DeleteCertificate", () => {
    const { commands, asked } = obligingStation({ deleteCertificate: () => ({ status: "NotFound" }) });
    expect(ask(dialect, "DeleteCertificate", { certificateHashData: hash }, commands)).toEqual({
      status: "NotFound",
    });
    expect(deeds(asked)).toEqual([["deleteCertificate", hash]]);
  });

  it("CertificateSigned", async () => {
    const { commands, asked } = obligingStation({ certificateSigned: async () => ({ status: "Rejected" }) });
    expect(await askLater(dialect, "CertificateSigned", { certificateChain: "x" }, commands)).toEqual({
      status: "Rejected",
    });
    expect(deeds(asked)).toEqual([["certificateSigned", { chain: "x" }]]);
  });

  it("SignCertificate", () => {
    const exchange = say(dialect, "signCertificate", { csr });
    expect(exchange).toMatchObject({ action: "SignCertificate", payload: { csr } });
    expect(hear(dialect, exchange, { status: "Rejected" })).toEqual({ status: "Rejected" });
  });
});

describe("1.6", async () => {
  const dialect = await dialectOf("1.6");
  const installed = (found: ReturnType<StationCommands["installedCertificates"]>) =>
    ask(
      dialect,
      "GetInstalledCertificateIds",
      { certificateType: "CentralSystemRootCertificate" },
      obligingStation({ installedCertificates: () => found }).commands,
    );

  it("GetInstalledCertificateIds", () => {
    expect(installed([])).toEqual({ status: "NotFound" });
    expect(installed([{ use: "CSMSRootCertificate", hash }])).toEqual({
      status: "Accepted",
      certificateHashData: [hash],
    });
  });

  it("ExtendedTriggerMessage asks for a certificate by 1.6's name", () => {
    const { commands, asked } = obligingStation();
    const request = { requestedMessage: "SignChargePointCertificate" };
    expect(ask(dialect, "ExtendedTriggerMessage", request, commands)).toEqual({ status: "Accepted" });
    expect(deeds(asked)).toEqual([["trigger", { message: "SignChargingStationCertificate" }]]);
  });

  it.each([
    ["InvalidCsmsCertificate", "InvalidCentralSystemCertificate"],
    ["InvalidChargingStationCertificate", "InvalidChargePointCertificate"],
    ["CsmsFailedToAuthenticate", "CentralSystemFailedToAuthentication"],
    ["FailedToAuthenticateAtCsms", "FailedToAuthenticationAtCentralSystem"],
    ["StartupOfTheDevice", "StartupOfTheDevice"],
  ] as const)("SecurityEventNotification calls %s %s", (type, name) => {
    const event = { timestamp: at, techInfo: "why" };
    const exchange = say(dialect, "securityEvent", { type, ...event });
    expect(exchange).toMatchObject({
      action: "SecurityEventNotification",
      payload: { type: name, ...event },
    });
    expect(hear(dialect, exchange, {})).toEqual({});
  });
});

describe("2.0.1", async () => {
  const dialect = await dialectOf("2.0.1");

  it("GetInstalledCertificateIds, of the types asked for or of all", () => {
    const { commands, asked } = obligingStation({
      installedCertificates: (uses) => uses.map((use) => ({ use, hash })),
    });
    const get = (request: object) => ask(dialect, "GetInstalledCertificateIds", request, commands);
    const entry = (certificateType: string) => ({ certificateType, certificateHashData: hash });
    expect(get({})).toEqual({
      status: "Accepted",
      certificateHashDataChain: [entry("CSMSRootCertificate"), entry("ManufacturerRootCertificate")],
    });
    expect(get({ certificateType: ["ManufacturerRootCertificate", "V2GRootCertificate"] })).toMatchObject({
      certificateHashDataChain: [entry("ManufacturerRootCertificate")],
    });
    expect(get({ certificateType: ["V2GCertificateChain"] })).toEqual({ status: "NotFound" });
    expect(deeds(asked)).toHaveLength(3);
  });

  it("has no use for plug and charge", async () => {
    const { commands, asked } = obligingStation();
    const install = { certificateType: "MORootCertificate", certificate: "x" };
    expect(await askLater(dialect, "InstallCertificate", install, commands)).toEqual({ status: "Rejected" });
    const signed = { certificateChain: "x", certificateType: "V2GCertificate" };
    expect(await askLater(dialect, "CertificateSigned", signed, commands)).toEqual({ status: "Rejected" });
    expect(ask(dialect, "TriggerMessage", { requestedMessage: "SignV2GCertificate" }, commands)).toEqual({
      status: "NotImplemented",
    });
    expect(deeds(asked)).toEqual([]);
  });

  it("SecurityEventNotification and SignCertificate say what they are for", () => {
    const event = { type: "InvalidCsmsCertificate", timestamp: at } as const;
    expect(say(dialect, "securityEvent", event)).toMatchObject({ payload: event });
    expect(say(dialect, "signCertificate", { csr })).toMatchObject({
      payload: { csr, certificateType: "ChargingStationCertificate" },
    });
  });
});
