import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createCentral, createStation } from "../../src/index.ts";

function tempDir(): string {
  const dir = mkdtempSync(path.join(tmpdir(), "tapstation-desk-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function desk() {
  const dir = tempDir();
  writeFileSync(path.join(dir, "v2.img"), "firmwareVersion: 2.0.0\ninstallSeconds: 0\n");
  writeFileSync(path.join(dir, ".hidden"), "secret");
  const central = await createCentral({ files: dir });
  onTestFinished(() => central.close());
  const { files } = central;
  if (files === undefined) throw new Error("no files");
  return { central, dir, files };
}

/** Asks for a path exactly as it is written. */
function raw(base: string, at: string, method = "GET", body = ""): Promise<number | undefined> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, path: at, method }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    call.on("error", reject);
    call.end(body);
  });
}

it("offers the files of its directory and takes uploads", async () => {
  const { files, dir } = await desk();
  expect(files.url("v2.img")).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/files\/v2\.img$/);
  const got = await fetch(files.url("v2.img"));
  expect(await got.text()).toBe("firmwareVersion: 2.0.0\ninstallSeconds: 0\n");
  expect(got.headers.get("content-length")).toBe("41");
  for (const [method, body] of [
    ["PUT", "one"],
    ["POST", "two"],
  ] as const) {
    const put = await fetch(`${files.uploadUrl}/log.jsonl`, { method, body });
    expect(put.status).toBe(201);
    expect(readFileSync(path.join(dir, "uploads", "log.jsonl"), "utf8")).toBe(body);
  }
  expect(files.uploads()).toEqual(["log.jsonl"]);
  expect(await (await fetch(`${files.uploadUrl}/log.jsonl`)).text()).toBe("two");
});

it("gives and takes nothing outside of its directory", async () => {
  const { files, dir } = await desk();
  mkdirSync(path.join(dir, "sub"));
  const url = files.url("");
  for (const at of [
    "/files/.hidden",
    "/files/..%2f..%2fetc%2fpasswd",
    "/files/../v2.img",
    "/files/sub",
    "/files/",
  ])
    expect([at, await raw(url, at)]).toEqual([at, 404]);
  expect(await raw(url, "/files/uploads/..%2fv2.img", "PUT", "x")).toBe(400);
  expect(await raw(url, "/files/v2.img", "PUT", "x")).toBe(404);
  expect(readdirSync(path.join(dir, "uploads"))).toEqual([]);
});

it("has no files unless it is asked to", async () => {
  const central = await createCentral();
  onTestFinished(() => central.close());
  expect(central.files).toBeUndefined();
  expect((await fetch(`${central.url.replace("ws", "http").replace("/ocpp", "/files/v2.img")}`)).status).toBe(
    404,
  );
});

it("rehearses an update and an upload with a station", async () => {
  const { central, files, dir } = await desk();
  const station = await createStation({ csms: central.url, id: "CP001" });
  onTestFinished(() => station.stop());
  await station.online();
  const retrieveDate = new Date().toISOString();
  const update = await central.send("CP001", "UpdateFirmware", {
    location: files.url("v2.img"),
    retrieveDate,
  });
  expect(update).toMatchObject({ kind: "result", payload: {} });
  await station.waitFor({ kind: "maintenance", what: "firmware", status: "Installed", detail: "2.0.0" });
  const boot = central.received.all("BootNotification").at(-1)?.payload;
  expect(boot).toMatchObject({ firmwareVersion: "2.0.0" });
  const asked = await central.send("CP001", "GetDiagnostics", { location: files.uploadUrl });
  await station.waitFor({ kind: "maintenance", what: "DiagnosticsLog", status: "Uploaded" });
  const [name = ""] = files.uploads();
  expect(asked).toMatchObject({ kind: "result", payload: { fileName: name } });
  const lines = readFileSync(path.join(dir, "uploads", name), "utf8")
    .trimEnd()
    .split("\n");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ kind: "station", firmwareVersion: "2.0.0" });
  await central.received.waitFor("DiagnosticsStatusNotification", ({ payload }) =>
    JSON.stringify(payload).includes("Uploaded"),
  );
});
