import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  type Central,
  type CreateStationOptions,
  createCentral,
  createStation,
  type LibraryStation,
} from "../../src/index.ts";
import { authority, PAST } from "../support/certificates.ts";

/** Whole stations against the built-in central system: security profiles, key and certificate rotation. */

const KEY = "00112233445566778899aabbccddeeff";
const OTHER_KEY = "ffeeddccbbaa99887766554433221100deadbeef";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function central(): Promise<Central> {
  const made = await createCentral({ tls: true });
  open.push(() => made.close());
  return made;
}

async function station(c: Central, o: Partial<CreateStationOptions> = {}): Promise<LibraryStation> {
  const fast = { "OCPPCommCtrlr.RetryBackOffWaitMinimum": "0", "OCPPCommCtrlr.RetryBackOffRandomRange": "0" };
  const made = await createStation({
    csms: c.url,
    id: "CP001",
    ...o,
    settings: { ...fast, "SecurityCtrlr.OrganizationName": "tapstation", ...o.settings },
  });
  open.push(() => made.stop());
  return made;
}

const secure = (c: Central) => c.url.replace("ws:", "wss:");
const connections = (s: LibraryStation) =>
  s.facts().flatMap((f) => (f.kind === "link" && f.state === "connected" ? [f.url] : []));
const events = (s: LibraryStation) =>
  s.facts().flatMap((f) => (f.kind === "security" ? [`${f.event}: ${f.techInfo}`] : []));
const result = async (c: Central, action: string, payload: object) => {
  const outcome = await c.send("CP001", action, payload);
  return outcome.kind === "result" ? outcome.payload : outcome;
};
const change = (c: Central, key: string, value: string) => result(c, "ChangeConfiguration", { key, value });
const connected = (s: LibraryStation) => s.waitFor({ kind: "link", state: "connected" });

describe("security profiles", () => {
  it("0: without anything", async () => {
    const c = await central();
    const s = await station(c);
    await s.online();
    expect(await result(c, "GetConfiguration", { key: ["SecurityProfile", "AuthorizationKey"] })).toEqual({
      configurationKey: [
        { key: "SecurityProfile", readonly: false, value: "0" },
        { key: "AuthorizationKey", readonly: false },
      ],
    });
  });

  it("1: a password, which the central system checks", async () => {
    const c = await central();
    c.setPassword("CP001", KEY);
    const wrong = await station(c, { authorizationKey: OTHER_KEY });
    expect(await wrong.waitFor({ kind: "link", state: "refused" })).toMatchObject({
      why: expect.stringContaining("401 Unauthorized: Identity and password do not belong together."),
      hint: expect.stringContaining("AuthorizationKey"),
    });
    expect(events(wrong)).toContainEqual(expect.stringContaining("FailedToAuthenticateAtCsms"));
    await wrong.stop();
    const none = await station(c);
    await none.waitFor({ kind: "link", state: "refused" });
    await none.stop();
    const right = await station(c, { authorizationKey: KEY });
    await right.online();
    await right.stop();
    // The same bytes as a text: 1.6's key is the hex of what --password says.
    c.setPassword("CP001", Buffer.from("secret of sixteen").toString("hex"));
    await (await station(c, { password: "secret of sixteen" })).online();
  });

  it("2: TLS with a password", async () => {
    const c = await central();
    c.setPassword("CP001", KEY);
    const ca = await c.rootCertificate();
    const s = await station(c, { csms: secure(c), authorizationKey: KEY, tls: { ca: ca ?? "" } });
    await s.online();
    expect(connections(s)).toEqual([`${secure(c)}/CP001`]);
    expect(await result(c, "GetConfiguration", { key: ["SecurityProfile"] })).toMatchObject({
      configurationKey: [{ value: "2" }],
    });
  });

  it("3: TLS with a certificate", async () => {
    const c = await central();
    const { certificate: cert, privateKey: key } = await c.issueCertificate("CP001");
    const ca = (await c.rootCertificate()) ?? "";
    const s = await station(c, { csms: secure(c), tls: { ca, cert, key } });
    await s.online();
    expect(await result(c, "GetConfiguration", { key: ["SecurityProfile"] })).toMatchObject({
      configurationKey: [{ value: "3" }],
    });
  });

  it("3: the certificate of another station is refused with a reason", async () => {
    const c = await central();
    const { certificate: cert, privateKey: key } = await c.issueCertificate("CP002");
    const ca = (await c.rootCertificate()) ?? "";
    const s = await station(c, { csms: secure(c), tls: { ca, cert, key } });
    expect(await s.waitFor({ kind: "link", state: "refused" })).toMatchObject({
      why: expect.stringContaining('is for "CP002", not for this identity'),
    });
  });
});

const eventTold = (c: Central, type: string) =>
  c.received.waitFor("SecurityEventNotification", (r) => (r.payload as { type: string }).type === type);

it("credentials that cannot be leave nothing behind: the next try finds the database free", async () => {
  const c = await central();
  const data = mkdtempSync(join(tmpdir(), "tapstation-sec-"));
  open.push(async () => rmSync(data, { recursive: true, force: true }));
  const { certificate: cert } = await c.issueCertificate("CP001");
  const { privateKey: key } = await c.issueCertificate("CP001");
  await expect(station(c, { data, tls: { cert, key } })).rejects.toMatchObject({
    code: "config.invalid",
    message: expect.stringContaining("not the private key of the certificate"),
  });
  await expect(station(c, { data, securityProfile: 2 })).rejects.toMatchObject({ code: "usage" });
  await (await station(c, { data, securityProfile: 0 })).online();
});

it("what is no message goes into the security log", async () => {
  const c = await central();
  const s = await station(c);
  await s.online();
  c.sendText("CP001", "nonsense");
  expect(await s.waitFor({ kind: "security", event: "InvalidMessages" })).toMatchObject({ told: false });
});

/** What a CSMS sends to install a root. */
const install = (c: Central, certificateType: string, certificate: string) =>
  result(c, "InstallCertificate", { certificateType, certificate });
const installed = (c: Central, certificateType = "CentralSystemRootCertificate") =>
  result(c, "GetInstalledCertificateIds", { certificateType }) as Promise<{
    status: string;
    certificateHashData?: object[];
  }>;
const trigger = (c: Central) =>
  result(c, "ExtendedTriggerMessage", { requestedMessage: "SignChargePointCertificate" });

describe("the key of Basic authentication (TC_073)", () => {
  it("changes: Accepted, a new connection with the new one, the old one refused from then on", async () => {
    const c = await central();
    c.setPassword("CP001", KEY);
    const s = await station(c, { authorizationKey: KEY });
    await s.online();
    await connected(s);
    expect(await change(c, "AuthorizationKey", OTHER_KEY.toUpperCase())).toEqual({ status: "Accepted" });
    expect(await s.waitFor({ kind: "link", state: "disconnected" })).toMatchObject({
      why: "the station closed the connection",
    });
    await connected(s);
    expect(await result(c, "GetConfiguration", { key: ["AuthorizationKey"] })).toEqual({
      configurationKey: [{ key: "AuthorizationKey", readonly: false }],
    });
    const told = JSON.stringify(s.facts()).toLowerCase();
    expect(told).toContain("authorizationkey");
    expect(told).not.toContain(OTHER_KEY);
    expect(told).not.toContain(KEY);
    expect(events(s)).toContain("ReconfigurationOfSecurityParameters: AuthorizationKey changed");
    expect(s.facts()).toContainEqual(
      expect.objectContaining({ kind: "setting", name: "AuthorizationKey", by: "csms" }),
    );
    await s.stop();
    const old = await station(c, { authorizationKey: KEY });
    await old.waitFor({ kind: "link", state: "refused" });
  });

  it.each(["00112233", "no hex at all, but sixteen or more", `${KEY}0`, `${OTHER_KEY}00`, ""])(
    "is refused: %j",
    async (value) => {
      const c = await central();
      const s = await station(c);
      await s.online();
      expect(await change(c, "AuthorizationKey", value)).toEqual({ status: "Rejected" });
    },
  );

  it("comes back when the central system refuses the new one", async () => {
    const c = await central();
    c.setPassword("CP001", KEY);
    const s = await station(c, { authorizationKey: KEY });
    await s.online();
    await connected(s);
    // Not by `send`: the central system takes no notice of the change.
    c.sendText(
      "CP001",
      JSON.stringify([2, "1", "ChangeConfiguration", { key: "AuthorizationKey", value: OTHER_KEY }]),
    );
    expect(await s.waitFor({ kind: "link", state: "refused" })).toMatchObject({
      why: expect.stringContaining("401"),
    });
    await connected(s);
    expect(events(s)).toContainEqual(expect.stringContaining("AuthorizationKey is back to what it was"));
  });

  it("of 2.0.1 is the text itself, and never read out", async () => {
    const c = await central();
    c.setPassword("CP001", Buffer.from("first of sixteen").toString("hex"));
    const s = await station(c, { ocpp: "2.0.1", password: "first of sixteen" });
    await s.online();
    await connected(s);
    const about = { component: { name: "SecurityCtrlr" }, variable: { name: "BasicAuthPassword" } };
    const set = (attributeValue: string) =>
      result(c, "SetVariables", { setVariableData: [{ ...about, attributeValue }] });
    expect(await set("second-of-sixteen")).toMatchObject({
      setVariableResult: [{ attributeStatus: "Accepted" }],
    });
    await connected(s);
    expect(await set("short")).toMatchObject({ setVariableResult: [{ attributeStatus: "Rejected" }] });
    expect(await result(c, "GetVariables", { getVariableData: [about] })).toMatchObject({
      getVariableResult: [{ attributeStatus: "Rejected" }],
    });
    expect(JSON.stringify(s.facts())).not.toContain("second-of-sixteen");
  });

  it("set by the central system holds over a restart; a person's newer word beats it", async () => {
    const c = await central();
    c.setPassword("CP001", KEY);
    const data = mkdtempSync(join(tmpdir(), "tapstation-sec-"));
    open.push(async () => rmSync(data, { recursive: true, force: true }));
    const first = await station(c, { data, authorizationKey: KEY });
    await first.online();
    await connected(first);
    await change(c, "AuthorizationKey", OTHER_KEY);
    await first.waitFor({ kind: "link", state: "disconnected" });
    await connected(first);
    await first.stop();
    const again = await station(c, { data, authorizationKey: KEY });
    await again.online();
    await again.stop();
    c.setPassword("CP001", "ab".repeat(16));
    await (await station(c, { data, authorizationKey: "ab".repeat(16) })).online();
    const mode = (name: string) => statSync(join(data, "stations", name)).mode & 0o777;
    expect(
      readdirSync(join(data, "stations"))
        .filter((name) => name.startsWith("CP001.db"))
        .map(mode),
    ).toEqual(expect.arrayContaining([0o600]));
    for (const name of readdirSync(join(data, "stations"))) expect(mode(name).toString(8)).toBe("600");
  });
});

describe("the security profile (A05)", () => {
  it("is raised to 1, 2 and 3, each when everything is there that it needs, and never lowered", async () => {
    const c = await central();
    const s = await station(c);
    await s.online();
    await connected(s);
    const to = async (profile: string) => (await change(c, "SecurityProfile", profile)) as { status: string };
    for (const profile of ["0", "1", "2", "3", "4", "-1", "x"])
      expect(await to(profile), profile).toEqual({ status: "Rejected" });
    expect(await change(c, "AuthorizationKey", KEY)).toEqual({ status: "Accepted" });
    expect(await to("2")).toEqual({ status: "Rejected" });

    expect(await to("1")).toEqual({ status: "Accepted" });
    await connected(s);
    expect(await to("1")).toEqual({ status: "Rejected" });
    expect(await to("0")).toEqual({ status: "Rejected" });

    const root = (await c.rootCertificate()) ?? "";
    expect(await install(c, "CentralSystemRootCertificate", root)).toEqual({ status: "Accepted" });
    expect(await to("3")).toEqual({ status: "Rejected" });
    expect(await to("2")).toEqual({ status: "Accepted" });
    await s.waitFor({ kind: "link", state: "connected", url: `${secure(c)}/CP001` });

    expect(await trigger(c)).toEqual({ status: "Accepted" });
    await s.waitFor({ kind: "security", techInfo: "ChargingStationCertificate changed" });
    expect(await to("3")).toEqual({ status: "Accepted" });
    await connected(s);
    expect(await result(c, "GetConfiguration", { key: ["SecurityProfile"] })).toEqual({
      configurationKey: [{ key: "SecurityProfile", readonly: false, value: "3" }],
    });
    // The central system lets it in with nothing less (A05.FR.09).
    await s.stop();
    const less = await station(c, { authorizationKey: KEY });
    expect(await less.waitFor({ kind: "link", state: "refused" })).toMatchObject({
      why: expect.stringContaining("has to come with security profile 3, not 1"),
    });
  });

  it("falls back when there is no connection that way (A05.FR.08)", async () => {
    const c = await createCentral();
    open.push(() => c.close());
    const s = await station(c, { authorizationKey: KEY });
    await s.online();
    await connected(s);
    await install(c, "CentralSystemRootCertificate", (await authority()).certificate);
    // This central system has no TLS.
    expect(await change(c, "SecurityProfile", "2")).toEqual({ status: "Accepted" });
    expect(await s.waitFor({ kind: "link", state: "refused" })).toMatchObject({ url: `${secure(c)}/CP001` });
    await s.waitFor({ kind: "link", state: "connected", url: `${c.url}/CP001` });
    expect(await result(c, "GetConfiguration", { key: ["SecurityProfile"] })).toMatchObject({
      configurationKey: [{ value: "1" }],
    });
    expect(events(s)).toContainEqual(expect.stringContaining("SecurityProfile is back to what it was"));
  });

  it("falls back at once when the central system's certificate does not hold, and tells it (TC_078)", async () => {
    const c = await central();
    c.setPassword("CP001", KEY);
    const s = await station(c, { authorizationKey: KEY });
    await s.online();
    await connected(s);
    await install(c, "CentralSystemRootCertificate", (await authority("Stranger")).certificate);
    expect(await change(c, "SecurityProfile", "2")).toEqual({ status: "Accepted" });
    expect(await s.waitFor({ kind: "link", state: "refused" })).toMatchObject({
      why: expect.stringContaining("signed by an authority that is not known here"),
    });
    await connected(s);
    const told = await eventTold(c, "InvalidCentralSystemCertificate");
    expect(told.payload).toMatchObject({ timestamp: expect.any(String), techInfo: expect.any(String) });
  });

  it("is read-only in 2.0.1", async () => {
    const c = await central();
    const s = await station(c, { ocpp: "2.0.1" });
    await s.online();
    const about = { component: { name: "SecurityCtrlr" }, variable: { name: "SecurityProfile" } };
    expect(
      await result(c, "SetVariables", { setVariableData: [{ ...about, attributeValue: "1" }] }),
    ).toMatchObject({ setVariableResult: [{ attributeStatus: "Rejected" }] });
  });
});

describe("the station's certificate (TC_074, TC_077)", () => {
  async function atProfile3() {
    const c = await central();
    const { certificate: cert, privateKey: key } = await c.issueCertificate("CP001");
    const ca = (await c.rootCertificate()) ?? "";
    const s = await station(c, { csms: secure(c), tls: { ca, cert, key } });
    await s.online();
    await connected(s);
    return { c, s, cert, key };
  }

  it("is renewed on request: a new key, a new certificate, a new connection with it", async () => {
    const { c, s, key } = await atProfile3();
    expect(await trigger(c)).toEqual({ status: "Accepted" });
    const asked = await c.received.waitFor("SignCertificate");
    expect((asked.payload as { csr: string }).csr).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----/);
    await s.waitFor({ kind: "security", techInfo: "ChargingStationCertificate changed" });
    await s.waitFor({ kind: "link", state: "disconnected" });
    await connected(s);
    const frames = JSON.stringify(s.facts());
    expect(frames).toContain("CertificateSigned");
    expect(frames).not.toContain("PRIVATE KEY");
    expect(frames).not.toContain(key.split("\n")[2]);
  });

  it("needs CpoName", async () => {
    const c = await central();
    const s = await station(c, { settings: { "SecurityCtrlr.OrganizationName": "" } });
    await s.online();
    expect(await trigger(c)).toEqual({ status: "Rejected" });
    expect(await change(c, "CpoName", "tapstation")).toEqual({ status: "Accepted" });
    expect(await trigger(c)).toEqual({ status: "Accepted" });
  });

  it("that is wrong is Rejected and told, and the one in use stays", async () => {
    const { c, s } = await atProfile3();
    const signed: unknown[] = [];
    c.setAnswer("SignCertificate", {
      answer: (r) => {
        signed.push((r.payload as { csr: string }).csr);
        return { status: "Accepted" };
      },
    });
    await trigger(c);
    await c.received.waitFor("SignCertificate");
    const csr = String(signed[0]);
    const root = await authority();
    await install(c, "CentralSystemRootCertificate", root.certificate);
    const send = (certificateChain: string) => result(c, "CertificateSigned", { certificateChain });
    const wrong: [string, string][] = [
      ["nonsense", "no chain"],
      [
        (await root.issue({ commonName: "CP001", organization: "tapstation" })).certificate,
        "not for the key",
      ],
      [await root.sign(csr, { commonName: "CP002" }), "its CN is"],
      [await root.sign(csr, { organization: "Others" }), "its O is"],
      [await root.sign(csr, PAST), "expired"],
      [await (await authority("Stranger")).sign(csr), "does not lead to an installed root"],
      ["x".repeat(10_000), "no chain"],
    ];
    for (const [chain, why] of wrong) {
      expect(await send(chain), why).toEqual({ status: "Rejected" });
      expect(await s.waitFor({ kind: "security", event: "InvalidChargingStationCertificate" })).toMatchObject(
        {
          techInfo: expect.stringContaining(why),
          told: true,
        },
      );
    }
    const told = await eventTold(c, "InvalidChargePointCertificate");
    expect(told.payload).toMatchObject({ type: "InvalidChargePointCertificate" });
    expect(connections(s)).toHaveLength(1);
    // The right one, through an authority in between.
    const between = await root.authority({ commonName: "Between", organization: "Test" });
    const chain = `${await between.sign(csr)}${between.certificate}`;
    expect(await send(chain)).toEqual({ status: "Accepted" });
    // The built-in central system does not know that root and refuses it: the former one comes back.
    expect(await s.waitFor({ kind: "link", state: "refused" })).toMatchObject({
      why: expect.stringContaining("403"),
    });
    await connected(s);
    expect(await send(chain)).toEqual({ status: "Rejected" });
  });
});

describe("root certificates (TC_075, TC_076)", () => {
  it.each(["CentralSystemRootCertificate", "ManufacturerRootCertificate"])(
    "%s: installed, listed, deleted",
    async (use) => {
      const c = await central();
      const s = await station(c);
      await s.online();
      expect(await installed(c, use)).toEqual({ status: "NotFound" });
      expect(await install(c, use, (await authority()).certificate)).toEqual({ status: "Accepted" });
      const { status, certificateHashData = [] } = await installed(c, use);
      expect([status, certificateHashData.length]).toEqual(["Accepted", 1]);
      const [hash = {}] = certificateHashData;
      const remove = () => result(c, "DeleteCertificate", { certificateHashData: hash });
      expect(await remove()).toEqual({ status: "Accepted" });
      expect(await remove()).toEqual({ status: "NotFound" });
      expect(await installed(c, use)).toEqual({ status: "NotFound" });
      expect(await install(c, use, "hello")).toEqual({ status: "Rejected" });
      expect(await s.waitFor({ kind: "certificate", event: "refused" })).toMatchObject({
        detail: expect.stringContaining("not one certificate"),
      });
    },
  );

  it("the one in use is not deleted (M04.FR.06)", async () => {
    const c = await central();
    c.setPassword("CP001", KEY);
    const ca = (await c.rootCertificate()) ?? "";
    const s = await station(c, { csms: secure(c), authorizationKey: KEY, tls: { ca } });
    await s.online();
    const [hash = {}] = (await installed(c)).certificateHashData ?? [];
    expect(await result(c, "DeleteCertificate", { certificateHashData: hash })).toEqual({ status: "Failed" });
    expect((await installed(c)).certificateHashData).toHaveLength(1);
  });

  it("2.0.1 says the same in its own words", async () => {
    const c = await central();
    const s = await station(c, { ocpp: "2.0.1" });
    await s.online();
    const { certificate } = await authority();
    expect(
      await result(c, "InstallCertificate", { certificateType: "V2GRootCertificate", certificate }),
    ).toEqual({ status: "Rejected" });
    expect(await result(c, "GetInstalledCertificateIds", {})).toEqual({ status: "NotFound" });
    expect(
      await result(c, "InstallCertificate", { certificateType: "CSMSRootCertificate", certificate }),
    ).toEqual({ status: "Accepted" });
    const listed = (await result(c, "GetInstalledCertificateIds", {
      certificateType: ["CSMSRootCertificate"],
    })) as { certificateHashDataChain: { certificateType: string; certificateHashData: object }[] };
    expect(listed.certificateHashDataChain).toMatchObject([{ certificateType: "CSMSRootCertificate" }]);
    const entries = { component: { name: "SecurityCtrlr" }, variable: { name: "CertificateEntries" } };
    expect(await result(c, "GetVariables", { getVariableData: [entries] })).toMatchObject({
      getVariableResult: [{ attributeValue: "1" }],
    });
    const [first] = listed.certificateHashDataChain;
    expect(
      await result(c, "DeleteCertificate", { certificateHashData: first?.certificateHashData ?? {} }),
    ).toEqual({ status: "Accepted" });
    expect(await result(c, "TriggerMessage", { requestedMessage: "SignChargingStationCertificate" })).toEqual(
      { status: "Accepted" },
    );
    expect((await c.received.waitFor("SignCertificate")).payload).toMatchObject({
      certificateType: "ChargingStationCertificate",
    });
  });
});
