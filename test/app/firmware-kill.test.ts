import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createCentral } from "../../src/index.ts";
import { seeded } from "../support/adversary.ts";
import { Bin } from "../support/bin.ts";

/*
 * The real program, killed again and again in the middle of a firmware update. TAPSTATION_KILL_ROUNDS is the number of
 * lives, TAPSTATION_KILL_SEED repeats a run's plan.
 */

const ROUNDS = Number(process.env.TAPSTATION_KILL_ROUNDS ?? 6);
const SEED = Number(process.env.TAPSTATION_KILL_SEED ?? 2030);
const STEPS = ["Downloading", "Downloaded", "Installing", "Installed"];

const image = `firmwareVersion: 2.0.0\ninstallSeconds: 1\n\n${"x".repeat(400_000)}`;

/** Sends the image in small pieces, so that there is a middle to be killed in. */
async function imageServer(): Promise<string> {
  const server = createServer((_, answer) => {
    answer.writeHead(200, { "Content-Length": image.length });
    const send = (from: number): void => {
      if (answer.destroyed) return;
      if (from >= image.length) answer.end();
      else answer.write(image.slice(from, from + 4096), () => setImmediate(send, from + 4096));
    };
    send(0);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2.img`;
}

it(`comes to its end over ${ROUNDS} kills at any instant (seed ${SEED})`, { timeout: 300_000 }, async () => {
  const random = seeded(SEED);
  const location = await imageServer();
  const data = mkdtempSync(path.join(tmpdir(), "tapstation-firmware-kill-"));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const central = await createCentral();
  onTestFinished(() => central.close());
  const start = () => {
    const where = ["--csms", central.url, "--id", "KILL", "--ocpp", "1.6", "--data", data];
    return new Bin([
      "start",
      ...where,
      "--reader",
      "virtual",
      "--buzzer",
      "none",
      "--control",
      "-",
      "--json",
    ]);
  };
  const statuses = () =>
    central.received
      .all("FirmwareStatusNotification")
      .map(({ payload }) => (payload as { status: string }).status);
  const boots = () => central.received.all("BootNotification").length;
  let bin = start();
  onTestFinished(() => void bin.process.kill("SIGKILL"));
  await bin.until((b) => b.stdout.includes('"kind":"registration"'));
  const asked = await central.send("KILL", "UpdateFirmware", {
    location,
    retrieveDate: "2026-01-01T00:00:00Z",
  });
  expect(asked).toMatchObject({ kind: "result" });
  for (let round = 0; round < ROUNDS && !statuses().includes("Installed"); round++) {
    // At a random byte that it writes after it has registered: facts come at every step.
    const from = bin.stdout.length;
    const after = from + Math.floor(random() ** 2 * 12_000);
    await bin.until((b) => b.stdout.length > after || statuses().includes("Installed"));
    bin.process.kill("SIGKILL");
    await bin.ended;
    bin = start();
    await bin.until((b) => b.stdout.includes('"kind":"registration"'));
  }
  await central.received.waitFor(
    "FirmwareStatusNotification",
    ({ payload }) => (payload as { status: string }).status === "Installed",
    { timeoutMs: 60_000 },
  );

  const told = statuses();
  expect(told.filter((s) => !STEPS.includes(s))).toEqual([]);
  expect(told.slice(told.indexOf("Downloaded") + 1)).not.toContain("Downloading");
  expect(told.slice(told.indexOf("Installed") + 1).filter((s) => s !== "Installed")).toEqual([]);
  expect(central.received.all("BootNotification").at(-1)?.payload).toMatchObject({
    firmwareVersion: "2.0.0",
  });

  // It is over: the next life has the new version, and nothing to go on with.
  bin.process.stdin.end("quit\n");
  await bin.ended;
  const before = central.received.last;
  const lives = boots();
  bin = start();
  await central.received.waitFor("StatusNotification", undefined, { after: before });
  bin.process.stdin.end("quit\n");
  await bin.ended;
  expect(boots()).toBe(lives + 1);
  const after = central.received.all("FirmwareStatusNotification").filter((r) => r.seq > before);
  // Told once more at most, when it died before it had noted the answer.
  expect(after.map((r) => r.payload)).toEqual(Array(Math.min(after.length, 1)).fill({ status: "Installed" }));
});
