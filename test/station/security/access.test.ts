import { describe, expect, it } from "vitest";
import type { Authority } from "../../../src/security/authority.ts";
import { pki } from "../../../src/security/pki.ts";
import { ownCertificate } from "../../../src/station/security/own-certificate.ts";
import { hexOf } from "../../../src/station/security/security-settings.ts";
import { memoryStore } from "../../../src/store/memory.ts";
import { SimulatedClock } from "../../../src/util/clock.ts";
import { authority } from "../../support/certificates.ts";
import { type Bench, bench } from "../../support/station.ts";
import { until } from "../../support/ws-server.ts";

const KEY = "00112233445566778899aabbccddeeff";
const OTHER = "ff".repeat(20);
const DAY = 24 * 3_600_000;

const give = (b: Bench, value: 0 | 1 | 2 | 3, password?: string, explicit = true) =>
  b.station.kit.security.give({
    profile: { value, explicit },
    ...(password === undefined ? {} : { password }),
  });
const fail = (b: Bench, problem?: "authentication") =>
  b.csms.listener?.link({ kind: "failed", why: "no", ...(problem === undefined ? {} : { problem }) });
const set = (b: Bench, name: string, value: string) => b.csms.commands.setSetting(name, value).status;
const connection = (b: Bench) => b.station.kit.security.connection();

async function online(b: Bench): Promise<Bench> {
  b.station.start();
  await b.clock.advance(1);
  return b;
}

describe("credentials on trial", () => {
  it("survive a power cut in the middle of the trial, either way", async () => {
    const store = memoryStore();
    const b = bench({ store });
    give(b, 1, KEY);
    await online(b);
    b.csms.auto = false;
    expect(set(b, "AuthorizationKey", OTHER)).toBe("Accepted");
    await b.clock.advance(1);
    expect([b.csms.reconnects, connection(b).password]).toEqual([1, OTHER]);
    b.station.cutPower();

    const refused = bench({ store });
    refused.csms.auto = false;
    refused.station.start();
    expect(connection(refused).password).toBe(OTHER);
    fail(refused, "authentication");
    expect(connection(refused).password).toBe(KEY);
    refused.station.cutPower();
    expect(connection(bench({ store })).password).toBe(KEY);
  });

  it("a new password does not give way to an outage: the central system has taken it over", async () => {
    const b = bench();
    give(b, 1, KEY);
    await online(b);
    b.csms.auto = false;
    set(b, "AuthorizationKey", OTHER);
    await b.clock.advance(1);
    for (let n = 0; n < 20; n++) fail(b);
    expect(connection(b).password).toBe(OTHER);
    b.csms.connect();
    // Proven: from now on a refusal is one of the present password.
    fail(b, "authentication");
    expect(connection(b).password).toBe(OTHER);
  });

  it("a new profile gives way after three attempts that fail", async () => {
    const b = bench();
    give(b, 0, KEY);
    await online(b);
    b.csms.auto = false;
    expect(set(b, "SecurityProfile", "1")).toBe("Accepted");
    await b.clock.advance(1);
    fail(b);
    fail(b);
    expect(connection(b).profile).toBe(1);
    fail(b);
    await b.clock.advance(1);
    expect([connection(b).profile, b.csms.reconnects]).toEqual([0, 2]);
  });

  it("two changes before a connection stands come back together", async () => {
    const b = bench();
    give(b, 1, KEY);
    await online(b);
    const { commands } = b.csms;
    b.csms.auto = false;
    commands.setSetting("AuthorizationKey", OTHER);
    commands.setSetting("AuthorizationKey", "ee".repeat(16));
    await b.clock.advance(1);
    fail(b, "authentication");
    expect(connection(b).password).toBe(KEY);
  });

  it("at profile 0 a password is kept, and no new connection is needed", async () => {
    const b = await online(bench());
    expect(set(b, "AuthorizationKey", KEY)).toBe("Accepted");
    await b.clock.advance(1);
    expect([b.csms.reconnects, connection(b).password]).toEqual([0, undefined]);
  });
});

describe("what a person gives", () => {
  it("holds until the central system changes it, and again when the person says something else", () => {
    const store = memoryStore();
    const start = (value: 0 | 1, password?: string, explicit = true) => {
      const b = bench({ store });
      give(b, value, password, explicit);
      return b;
    };
    start(1, KEY);
    store.values.set("security.credentials", { profile: 2, password: OTHER });
    expect(connection(start(1, KEY))).toMatchObject({ profile: 2, password: OTHER });
    expect(connection(start(1, "ab".repeat(16)))).toMatchObject({ profile: 2, password: "ab".repeat(16) });
    // Only an explicit word lowers the profile (A00.FR.005: not over OCPP).
    expect(connection(start(0, undefined, true)).profile).toBe(0);
  });

  it("is what settings, reports and diagnostics tell", () => {
    const b = bench();
    give(b, 2, KEY);
    const { settings } = b.station.kit;
    expect(settings.text("SecurityProfile")).toBe("2");
    const told = settings.report().filter((v) => v.component === "SecurityCtrlr");
    expect(told).toContainEqual(
      expect.objectContaining({ variable: "SecurityProfile", value: "2", mutability: "ReadOnly" }),
    );
    expect(JSON.stringify(told)).not.toContain(KEY);
  });

  it("a store without anything given stays without", () => {
    const store = memoryStore();
    give(bench({ store }), 0, undefined, false);
    expect(store.values.names("security.")).toEqual([]);
  });
});

describe("the station's certificate", () => {
  /** At profile 3, on today's date, the root installed, a certificate for so many days in use. */
  async function atProfile3(days = 365) {
    const clock = new SimulatedClock(Date.now());
    const b = bench({ clock, settings: { "SecurityCtrlr.OrganizationName": "Operator" } });
    const root = await authority();
    await b.station.kit.security.roots.give(root.certificate);
    const { certificate, privateKey } = await root.issue({
      commonName: "CP1",
      organization: "Operator",
      notAfter: new Date(clock.now() + days * DAY),
    });
    await b.station.kit.security.giveCertificates({ chain: certificate, privateKey });
    give(b, 3);
    await online(b);
    return { b, root };
  }
  const asked = async (b: Bench, n = 1) => {
    await until("a certificate was asked for", () => b.csms.of("signCertificate").length === n);
    return String(b.csms.of("signCertificate")[n - 1]?.csr);
  };
  const sign = async (root: Authority, b: Bench, csr: string, from = 0) =>
    b.csms.commands.certificateSigned({
      chain: await root.sign(csr, {
        notBefore: new Date(b.clock.now() + from - 1000),
        notAfter: new Date(b.clock.now() + from + 300 * DAY),
      }),
    });

  it("is asked for anew a month before its end, once (A03)", async () => {
    const { b, root } = await atProfile3(40);
    await b.clock.advance(9 * DAY);
    expect(b.csms.of("signCertificate")).toEqual([]);
    await b.clock.advance(2 * DAY);
    const csr = await asked(b);
    await b.clock.advance(3 * DAY);
    expect(b.csms.of("signCertificate")).toHaveLength(1);
    const before = connection(b).certificate;
    expect(await sign(root, b, csr)).toEqual({ status: "Accepted" });
    await b.clock.advance(1);
    expect(b.csms.reconnects).toBe(1);
    expect(connection(b).certificate?.privateKey).not.toBe(before?.privateKey);
  });

  it("comes into use when it begins to hold (A02.FR.08), also over a restart", async () => {
    const { b, root } = await atProfile3();
    b.csms.commands.trigger({ message: "SignChargingStationCertificate" });
    await b.clock.advance(1);
    const before = connection(b).certificate?.privateKey;
    expect(await sign(root, b, await asked(b), 3 * DAY)).toEqual({ status: "Accepted" });
    await b.clock.advance(2 * DAY);
    expect(connection(b).certificate?.privateKey).toBe(before);
    b.station.cutPower();
    b.station.start();
    await b.clock.advance(DAY);
    expect(connection(b).certificate?.privateKey).not.toBe(before);
  });

  it("each request has a key of its own; the certificate for an older one is none", async () => {
    const { b, root } = await atProfile3();
    const trigger = () => b.csms.commands.trigger({ message: "SignChargingStationCertificate" });
    trigger();
    await b.clock.advance(1);
    const first = await asked(b);
    trigger();
    await b.clock.advance(1);
    const second = await asked(b, 2);
    expect(await sign(root, b, first)).toEqual({ status: "Rejected" });
    expect(await sign(root, b, second)).toEqual({ status: "Accepted" });
    expect(await sign(root, b, second)).toEqual({ status: "Rejected" });
  });

  it("is not waited for when the central system does not take the request", async () => {
    const { b, root } = await atProfile3();
    b.csms.script.signCertificate = () => ({ ok: true, value: { status: "Rejected" } });
    b.csms.commands.trigger({ message: "SignChargingStationCertificate" });
    await b.clock.advance(1);
    const csr = await asked(b);
    await until("the key is gone", () => b.store.values.get("security.requested") === undefined);
    expect(await sign(root, b, csr)).toEqual({ status: "Rejected" });
  });

  it("profile 3 is out of reach with one that has expired", async () => {
    const { b } = await atProfile3(1);
    const [expired] = (await pki.read(connection(b).certificate?.chain ?? "")) ?? [];
    if (expired === undefined) throw new Error("no certificate");
    const other = bench({ clock: new SimulatedClock(b.clock.now() + 2 * DAY) });
    await other.station.kit.security.roots.give((await authority()).certificate);
    const { access } = { access: ownCertificate("key", [expired]) };
    other.store.values.set("security.credentials", { profile: 0, password: KEY, certificate: access });
    await online(other);
    expect(set(other, "SecurityProfile", "3")).toBe("Rejected");
    expect(set(other, "SecurityProfile", "2")).toBe("Accepted");
  });
});

describe("passwords", () => {
  it("are bytes: hex in 1.6, the text itself in 2.0.1", async () => {
    expect(hexOf("Grüße")).toBe("4772c3bcc39f65");
    const b = await online(bench());
    give(b, 1, KEY);
    expect(set(b, "SecurityCtrlr.BasicAuthPassword", "sixteen-chars-or-more")).toBe("Accepted");
    expect(connection(b).password).toBe(hexOf("sixteen-chars-or-more"));
    for (const wrong of ["fifteen-chars-ok", "x".repeat(41), "with blanks in it, long enough"]) {
      expect(set(b, "SecurityCtrlr.BasicAuthPassword", wrong), wrong).toBe(
        wrong === "fifteen-chars-ok" ? "Accepted" : "Rejected",
      );
    }
  });
});
