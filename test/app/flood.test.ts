import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { Bin } from "../support/bin.ts";
import { ScriptedServer } from "../support/ws-server.ts";

/** Heap that the program gets here, MB: far less than what is thrown at it. */
const HEAP_MB = 96;
const FRAME = "x".repeat(1_000_000);
const FRAMES = 400;

/** Big frames of every kind that a station has to read and has no use for. */
function bigFrame(n: number): string {
  const body = `{"data":"${FRAME}"}`;
  const kinds = [
    `[3,"nobody-${n}",${body}]`,
    `[4,"nobody-${n}","GenericError","${FRAME}",{}]`,
    `[2,"call-${n}","NoSuchAction",${body}]`,
    `[2,"data-${n}","DataTransfer",{"vendorId":"nobody","data":"${FRAME}"}]`,
    `{"no":"frame","data":"${FRAME}"`,
  ];
  return kinds[n % kinds.length] ?? "";
}

it("400 MB of big and useless frames fit through a program with a heap of 96 MB, and it still works", async () => {
  const data = mkdtempSync(join(tmpdir(), "tapstation-flood-"));
  const server = await ScriptedServer.start({
    onConnection: (socket) =>
      socket.on("message", (text) => {
        const [type, id, action] = JSON.parse(text.toString()) as [number, string, string];
        if (type === 2) socket.send(JSON.stringify([3, id, answers[action] ?? {}]));
        else heard(id);
      }),
  });
  const bin = new Bin(
    ["start", "--csms", server.url, "--data", data, "--reader", "virtual", "--control", "-"],
    { env: { NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` } },
  );
  onTestFinished(async () => {
    bin.process.kill("SIGKILL");
    await bin.ended;
    await server.close();
    rmSync(data, { recursive: true, force: true });
  });
  let heard: (id: string) => void = () => {};
  const answered = (wanted: string) =>
    new Promise<void>((resolve) => {
      heard = (id) => id === wanted && resolve();
    });
  await bin.until((b) => b.stderr.includes("registration Accepted"));
  for (let n = 0; n < FRAMES; n++) {
    server.send(bigFrame(n));
    // One round trip every few frames, so that what waits does so in the station and not here.
    if (n % 10 !== 9) continue;
    const probe = answered(`probe-${n}`);
    server.send(JSON.stringify([2, `probe-${n}`, "GetLocalListVersion", {}]));
    await Promise.race([probe, bin.ended]);
  }
  bin.process.stdin.write("tap 04A2241BC85E80\nquit\n");
  const { code, stderr } = await bin.ended;
  expect(stderr).toContain("accepted 04A2241BC85E80");
  expect(code).toBe(0);
}, 120_000);

const answers: Readonly<Record<string, object>> = {
  BootNotification: { status: "Accepted", interval: 300, currentTime: "2030-01-01T00:00:00.000Z" },
  Heartbeat: { currentTime: "2030-01-01T00:00:00.000Z" },
  Authorize: { idTagInfo: { status: "Accepted" } },
};
