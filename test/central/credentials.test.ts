import { readFileSync, statSync } from "node:fs";
import { get } from "node:https";
import { connect as connectTls } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import type { CentralOptions } from "../../src/central/index.ts";
import { pki } from "../../src/security/pki.ts";
import { authority, selfSigned } from "../support/certificates.ts";
import { BOOT_16, connect, start, temporaryFile } from "./support.ts";

const PASSWORD = "00112233445566778899aabbccddeeff";

interface Showing {
  readonly user?: string;
  /** Hex. */
  readonly password?: string;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** A handshake as any station might make it: "connected", or what was answered. */
function knock(url: string, { user = "CP001", password, tls }: Showing = {}): Promise<string> {
  const basic = Buffer.concat([Buffer.from(`${user}:`), Buffer.from(password ?? "", "hex")]).toString(
    "base64",
  );
  const socket = new WebSocket(`${url}/CP001`, "ocpp1.6", {
    ...tls,
    headers: password === undefined ? {} : { Authorization: `Basic ${basic}` },
  });
  onTestFinished(() => socket.terminate());
  return new Promise((resolve) => {
    socket.once("open", () => {
      socket.close();
      resolve("connected");
    });
    socket.once("error", (e) => resolve(e.message));
    socket.once("unexpected-response", (_, res) => {
      let text = `${res.statusCode} ${res.headers["www-authenticate"] ?? ""} `;
      res.setEncoding("utf8");
      res.on("data", (d: string) => {
        text += d;
      });
      res.on("end", () => resolve(text.trim()));
    });
  });
}

async function secure(o: CentralOptions = {}) {
  const { central, facts } = await start({ tls: true, ...o });
  const ca = (await central.rootCertificate()) ?? "";
  return { central, facts, ca, url: central.url, wss: central.url.replace("ws:", "wss:") };
}

describe("passwords", () => {
  it("are checked where one is set, byte for byte, and the user must be the station", async () => {
    const { central } = await start();
    const { url } = central;
    expect(await knock(url, { password: "abcd" })).toBe("connected");
    central.setPassword("CP001", PASSWORD);
    expect(await knock(url, { password: PASSWORD })).toBe("connected");
    expect(await knock(url)).toMatch(/^401 Basic realm="OCPP", charset="UTF-8" This station has to give/);
    expect(await knock(url, { password: `${PASSWORD}00` })).toMatch(/^401 .* do not belong together/);
    expect(await knock(url, { password: PASSWORD, user: "CP002" })).toMatch(/^401/);
    central.setPassword("CP001", undefined);
    expect(await knock(url)).toBe("connected");
  });

  it("are kept salted and hashed, in a file for the owner only", async () => {
    const data = temporaryFile();
    const { central } = await start({ data });
    central.setPassword("CP001", Buffer.from("a password to look for").toString("hex"));
    central.setPassword("CP002", Buffer.from("a password to look for").toString("hex"));
    await central.close();
    const text = readFileSync(data).toString("latin1");
    expect(text).not.toContain("a password to look for");
    expect(text).not.toContain(Buffer.from("a password to look for").toString("hex"));
    const hashes = text.match(/[0-9a-f]{32}:[0-9a-f]{64}/g) ?? [];
    expect(new Set(hashes).size).toBe(2);
    expect(statSync(data).mode & 0o777).toBe(0o600);
  });
});

describe("TLS on the same port", () => {
  it("serves ws and wss, and pages by both", async () => {
    const { url, wss, ca } = await secure();
    expect(await knock(url)).toBe("connected");
    expect(await knock(wss, { tls: { ca } })).toBe("connected");
    expect(await knock(wss)).toMatch(/self.signed certificate in certificate chain/);
    const status = await new Promise((resolve) =>
      get(wss.replace("wss:", "https:"), { ca }, (res) => resolve(res.statusCode)),
    );
    expect(status).toBe(426);
  });

  it("does not speak TLS 1.1, and lives on after nonsense", async () => {
    const { url, wss, ca } = await secure();
    const { hostname, port } = new URL(url);
    const failure = await new Promise<string>((resolve) => {
      const socket = connectTls({
        host: hostname,
        port: Number(port),
        ca,
        maxVersion: "TLSv1.1",
        minVersion: "TLSv1",
        ciphers: "DEFAULT@SECLEVEL=0",
      });
      socket.on("error", (e) => resolve(e.message));
      socket.on("secureConnect", () => resolve("connected"));
    });
    expect(failure).toMatch(/protocol version/i);
    expect(await knock(wss, { tls: { ca } })).toBe("connected");
  });

  it("keeps its authority: what was trusted is trusted after a restart", async () => {
    const data = temporaryFile();
    const first = await secure({ data });
    await first.central.close();
    const again = await secure({ data });
    expect(again.ca).toBe(first.ca);
    expect(await knock(again.wss, { tls: { ca: first.ca } })).toBe("connected");
  });

  it("has no root without TLS", async () => {
    expect(await (await start()).central.rootCertificate()).toBeUndefined();
  });
});

describe("client certificates", () => {
  it("let in whom they are for, without a password", async () => {
    const { central, wss, ca } = await secure();
    central.setPassword("CP001", PASSWORD);
    const mine = await central.issueCertificate("CP001");
    expect(await knock(wss, { tls: { ca, cert: mine.certificate, key: mine.privateKey } })).toBe("connected");
    const others = await central.issueCertificate("CP002");
    expect(await knock(wss, { tls: { ca, cert: others.certificate, key: others.privateKey } })).toMatch(
      /^403 .*certificate is for "CP002"/,
    );
    const strange = await selfSigned({ commonName: "CP001" });
    expect(await knock(wss, { tls: { ca, cert: strange.certificate, key: strange.privateKey } })).toMatch(
      /^403 .*does not hold: DEPTH_ZERO_SELF_SIGNED_CERT/,
    );
  });
});

describe("the security profile that a station was told to change to (A05.FR.09)", () => {
  it("is required once the station has come with it, and not before", async () => {
    const { central, url, wss, ca } = await secure();
    const station = await connect(central.urlFor("CP001"), "ocpp1.6");
    await station.call("BootNotification", BOOT_16);
    const sent = central.send("CP001", "ChangeConfiguration", { key: "SecurityProfile", value: "2" });
    const [, id] = await station.frame("the command", (f) => f[2] === "ChangeConfiguration");
    station.socket.send(JSON.stringify([3, id, { status: "Accepted" }]));
    await sent;
    expect(await knock(url)).toBe("connected");
    expect(await knock(wss, { password: PASSWORD, tls: { ca } })).toBe("connected");
    expect(await knock(url, { password: PASSWORD })).toMatch(/^403 .*security profile 2, not 1/);
    const { certificate: cert, privateKey: key } = await central.issueCertificate("CP001");
    expect(await knock(wss, { tls: { ca, cert, key } })).toBe("connected");
  });

  it.each(["Rejected", "NotSupported", "RebootRequired"])("nothing changes after %s", async (status) => {
    const { central } = await start();
    const station = await connect(central.urlFor("CP001"), "ocpp1.6");
    await station.call("BootNotification", BOOT_16);
    const sent = central.send("CP001", "ChangeConfiguration", { key: "AuthorizationKey", value: PASSWORD });
    const [, id] = await station.frame("the command", (f) => f[2] === "ChangeConfiguration");
    station.socket.send(JSON.stringify([3, id, { status }]));
    await sent;
    expect(await knock(central.url)).toBe("connected");
  });
});

describe("SignCertificate", () => {
  it("may be for the serial number that the station tells", async () => {
    const { central } = await secure();
    const station = await connect(central.urlFor("CP001"), "ocpp1.6");
    await station.call("BootNotification", { ...BOOT_16, chargePointSerialNumber: "SN-7" });
    const { csr } = await pki.request({ commonName: "SN-7", organization: "Operator" });
    await station.ask("SignCertificate", { csr });
    const [, , , payload] = await station.frame("the certificate", (f) => f[2] === "CertificateSigned");
    const [certificate] = (await pki.read((payload as { certificateChain: string }).certificateChain)) ?? [];
    expect(certificate?.subject.commonName).toBe("SN-7");
  });

  it("is signed and sent when the request is for the station itself, else told", async () => {
    const { central, facts, ca } = await secure();
    const station = await connect(central.urlFor("CP001"), "ocpp1.6");
    await station.call("BootNotification", BOOT_16);
    const ask = async (commonName: string) => {
      const { csr } = await pki.request({ commonName, organization: "Operator" });
      return station.ask("SignCertificate", { csr });
    };
    expect(await ask("CP001")).toEqual({ status: "Accepted" });
    const [, , , payload] = await station.frame("the certificate", (f) => f[2] === "CertificateSigned");
    const [certificate] = (await pki.read((payload as { certificateChain: string }).certificateChain)) ?? [];
    const [root] = (await pki.read(ca)) ?? [];
    if (certificate === undefined || root === undefined) throw new Error("unreadable");
    expect(certificate.subject).toEqual({ commonName: "CP001", organization: "Operator" });
    expect(certificate.isSignedBy(root)).toBe(true);
    expect(await ask("CP002")).toEqual({ status: "Accepted" });
    await station.frame("the refusal", () => facts.some((f) => f.kind === "certificate"));
    expect(facts.filter((f) => f.kind === "certificate")).toMatchObject([
      { event: "refused", detail: expect.stringContaining('its CN is "CP002", not CP001') },
    ]);
    expect(station.frames.filter((f) => f[2] === "CertificateSigned")).toHaveLength(1);
    expect(await station.ask("SignCertificate", { csr: (await authority()).certificate })).toEqual({
      status: "Rejected",
    });
  });
});
