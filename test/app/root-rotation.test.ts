import { afterEach, expect, it } from "vitest";
import { createStation, type LibraryStation } from "../../src/index.ts";
import type { Authority } from "../../src/security/authority.ts";
import { authority, serverCertificate } from "../support/certificates.ts";
import { ScriptedServer, until } from "../support/ws-server.ts";

/** A root of the central system is replaced by one that it has signed (AdditionalRootCertificateCheck, M05.FR.08 to FR.13). */

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const answers: Record<string, () => object> = {
  BootNotification: () => ({ status: "Accepted", interval: 300, currentTime: new Date().toISOString() }),
};

/** A central system with a certificate below this root, and the answers to its own requests. */
async function csms(root: Authority, port = 0) {
  const { certificate: cert, privateKey: key } = await serverCertificate(root);
  const results: unknown[] = [];
  const server = await ScriptedServer.start({
    port,
    tls: { cert, key },
    onConnection: (socket) =>
      socket.on("message", (data) => {
        const [type, id, what] = JSON.parse(String(data)) as [number, string, string];
        if (type === 2) socket.send(JSON.stringify([3, id, answers[what]?.() ?? {}]));
        else results.push(what);
      }),
  });
  open.push(() => server.close());
  const ask = async (action: string, payload: object) => {
    const n = results.length;
    server.send(JSON.stringify([2, `c${n}`, action, payload]));
    await until(`the answer to ${action}`, () => results.length > n);
    return results[n] as { status: string; certificateHashData?: object[] };
  };
  return { server, ask, port: server.port };
}

async function station(url: string, root: Authority): Promise<LibraryStation> {
  const made = await createStation({
    csms: url,
    id: "CP001",
    password: "sixteen chars or more",
    tls: { ca: root.certificate },
    settings: {
      "SecurityCtrlr.AdditionalRootCertificateCheck": "true",
      "OCPPCommCtrlr.RetryBackOffWaitMinimum": "0",
      "OCPPCommCtrlr.RetryBackOffRandomRange": "0",
    },
  });
  open.push(() => made.stop());
  await made.online();
  return made;
}

const use = { certificateType: "CentralSystemRootCertificate" };

it("trusts both until a connection stands on the new one, then the new one alone", async () => {
  const old = await authority("Old");
  const next = await old.authority({ commonName: "Next", organization: "Test" });
  const before = await csms(old);
  const s = await station(before.server.url, old);
  await s.waitFor({ kind: "link", state: "connected" });
  const stranger = await authority("Stranger");
  expect(await before.ask("InstallCertificate", { ...use, certificate: stranger.certificate })).toEqual({
    status: "Rejected",
  });
  expect(await before.ask("InstallCertificate", { ...use, certificate: next.certificate })).toEqual({
    status: "Accepted",
  });
  expect((await before.ask("GetInstalledCertificateIds", use)).certificateHashData).toHaveLength(2);

  // The central system still has its old certificate (M05.FR.13).
  before.server.breakOff();
  await s.waitFor({ kind: "link", state: "connected" });
  expect((await before.ask("GetInstalledCertificateIds", use)).certificateHashData).toHaveLength(2);

  await before.server.close();
  const after = await csms(next, before.port);
  await s.waitFor({ kind: "link", state: "connected" });
  await s.waitFor((f) => f.kind === "security" && f.techInfo?.endsWith("the new one holds") === true);
  expect((await after.ask("GetInstalledCertificateIds", use)).certificateHashData).toHaveLength(1);

  // The new root alone is enough from now on, although another one has signed it.
  after.server.breakOff();
  await s.waitFor({ kind: "link", state: "connected" });
  await after.server.close();
  await csms(old, before.port);
  expect(await s.waitFor({ kind: "link", state: "refused" })).toMatchObject({
    why: expect.stringContaining("an authority that is not known here"),
  });
});
