import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Central, createCentral } from "../../src/central/index.ts";
import { Bin, run } from "../support/bin.ts";
import { authority, PAST } from "../support/certificates.ts";

/** The real program at central systems that want to know who it is. */

const KEY = "00112233445566778899aabbccddeeff";
const newDir = (): string => mkdtempSync(path.join(tmpdir(), "tapstation-sec-"));
const station = (dir: string, args: readonly string[], input = "status\nquit\n") =>
  run(["start", "--control", "-", "--data", path.join(dir, "data"), ...args], { cwd: dir, input });

async function central(): Promise<Central> {
  const made = await createCentral({ tls: true });
  onTestFinished(() => made.close());
  return made;
}

/** Every byte that the program has left behind, but for the station's own database. */
const leftBehind = (dir: string): string =>
  readdirSync(path.join(dir, "data"), { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && !e.parentPath.endsWith("stations"))
    .map((e) => readFileSync(path.join(e.parentPath, e.name), "latin1"))
    .join();

describe("security profiles on the command line", () => {
  it.each([
    ["1", ["--password", "sixteen chars or more"], "ws:"],
    ["2", ["--password", "sixteen chars or more"], "wss:"],
    ["3", [], "wss:"],
  ])("%s, with the built-in central system", async (profile, args, scheme) => {
    const dir = newDir();
    const { code, stdout, stderr } = await station(dir, ["--security-profile", profile, ...args]);
    expect(stderr).toMatch(new RegExp(`connected ${scheme}//127`));
    expect(stdout).toContain("registration Accepted");
    expect(stdout).toContain(`central system  ${scheme}//127`);
    expect(code).toBe(0);
    expect(leftBehind(dir)).not.toContain("sixteen chars");
    expect(stdout + stderr).not.toContain("sixteen chars");
  });

  it("a short password is noted, and works where the central system takes it", async () => {
    const { code, stderr } = await station(newDir(), ["--password", "short"]);
    expect(stderr).toContain("The password has 5 bytes; OCPP wants at least 16");
    expect(code).toBe(0);
  });

  it("tap asks a central system behind a private authority", async () => {
    const c = await central();
    const dir = newDir();
    const url = c.url.replace("ws:", "wss:");
    writeFileSync(path.join(dir, "root.pem"), (await c.rootCertificate()) ?? "");
    const args = ["tap", "04A2241BC85E80", "--csms", url, "--data", path.join(dir, "data")];
    const without = await run(args, { cwd: dir });
    expect(without.code).toBe(4);
    const { code, stdout } = await run([...args, "--ca", "root.pem"], { cwd: dir });
    expect(stdout).toContain("Accepted");
    expect(code).toBe(0);
  });

  it("a password that is refused: exit code 4, why, and what to do", async () => {
    const c = await central();
    c.setPassword("CP001", KEY);
    const dir = newDir();
    const { code, stderr } = await station(dir, ["--csms", c.url, "--password", "a wrong password"]);
    expect(code).toBe(4);
    expect(stderr).toContain("Identity and password do not belong together.");
    expect(stderr).toContain("Check identity and password (AuthorizationKey in 1.6");
    expect(stderr).not.toContain("a wrong password");
    expect(leftBehind(dir)).not.toContain("a wrong password");
  });

  it("certificates from files; a central system that nobody vouches for", async () => {
    const c = await central();
    const dir = newDir();
    const url = c.url.replace("ws:", "wss:");
    const { certificate, privateKey } = await c.issueCertificate("CP001");
    writeFileSync(path.join(dir, "root.pem"), (await c.rootCertificate()) ?? "");
    writeFileSync(path.join(dir, "cp.pem"), certificate);
    writeFileSync(path.join(dir, "cp.key"), privateKey);
    const files = ["--cert", "cp.pem", "--key", "cp.key"];
    const good = await station(dir, ["--csms", url, "--ca", "root.pem", ...files]);
    expect(good.stdout).toContain("registration Accepted");
    expect(good.code).toBe(0);
    const secret = privateKey.split("\n")[1] ?? "";
    expect(leftBehind(dir) + good.stdout + good.stderr).not.toContain(secret);

    const strange = newDir();
    const bad = await station(strange, ["--csms", url]);
    expect(bad.code).toBe(4);
    expect(bad.stderr).toContain("is signed by an authority that is not known here");
    expect(bad.stderr).toContain("Give the certificate of the authority");
  });

  it("another station at the built-in central system, by the root that it shows", async () => {
    const dir = newDir();
    const first = new Bin(["start", "--tls", "--control", "-", "--data", path.join(dir, "data")], {
      cwd: dir,
    });
    onTestFinished(() => void first.process.kill("SIGKILL"));
    await first.until(({ stderr }) => /registration Accepted/.test(stderr));
    const port = /ws:\/\/127\.0\.0\.1:(\d+)\//.exec(first.stderr)?.[1] ?? "";
    const root = /root certificate: (\S+)/.exec(first.stderr)?.[1] ?? "";
    const at = ["--id", "CP002", "--csms", `wss://127.0.0.1:${port}/ocpp`];
    const other = newDir();
    const trusting = await station(other, [...at, "--ca", root, "--password", "sixteen chars or more"]);
    expect(trusting.stdout).toContain("registration Accepted");
    const wary = await station(newDir(), at);
    expect([wary.code, wary.stderr]).toEqual([4, expect.stringContaining("not known here")]);
    first.process.stdin.end();
    expect((await first.ended).code).toBe(0);
  });

  it.each<[string, string[], string, string]>([
    ["no password", ["--security-profile", "1"], "Security profile 1 needs a password", "--password"],
    [
      "two",
      ["--password", "x", "--authorization-key", KEY],
      "Both a password and an AuthorizationKey",
      "Leave one",
    ],
    ["no hex", ["--authorization-key", "secret"], "this is no AuthorizationKey", "32 to 40 hex digits"],
    ["no key", ["--cert", "cp.pem"], "belong together", "--key"],
    ["no such file", ["--ca", "none.pem"], "--ca", "PEM file"],
    ["no certificate", ["--ca", "text.pem"], "no certificates in PEM", "--ca"],
    ["an old one", ["--ca", "old.pem"], "Old, Test, until 2021-01-01: it has expired", "--ca"],
    ["no TLS", ["--security-profile", "1", "--csms", "wss://host/x"], "profile 1 is without TLS", "ws://"],
    ["profile 4", ["--security-profile", "4"], "from 0 to 3", "security profile"],
  ])("what cannot be: %s", async (_, args, message, hint) => {
    const dir = newDir();
    writeFileSync(path.join(dir, "text.pem"), "hello");
    writeFileSync(path.join(dir, "old.pem"), (await authority("Old", PAST)).certificate);
    const { code, stderr } = await station(dir, args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).toContain(hint);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
