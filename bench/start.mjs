import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bareCsms } from "./csms.mjs";
import { ms, percentile } from "./stats.mjs";

const bin = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const ROUNDS = 10;

/** One process: it is tapped as soon as it is registered, the clock stops when Authorize arrives. */
async function once(node, args) {
  let arrived = () => {};
  const done = new Promise((resolve) => {
    arrived = resolve;
  });
  const csms = await bareCsms((action) => {
    if (action === "StatusNotification") child.stdin.write("tap 04A2241BC85E80\n");
    if (action === "Authorize") arrived();
  });
  const data = mkdtempSync(join(tmpdir(), "tapstation-bench-"));
  const began = performance.now();
  const child = spawn(
    node,
    [...args, "--csms", csms.url, "--data", data, "--reader", "virtual", "--control", "-"],
    {
      stdio: ["pipe", "ignore", "ignore"],
    },
  );
  await done;
  const took = performance.now() - began;
  child.kill("SIGTERM");
  await new Promise((resolve) => child.once("exit", resolve));
  csms.close();
  rmSync(data, { recursive: true, force: true });
  return took;
}

/** The floor: a Node process that does nothing. */
function bareNode() {
  const began = performance.now();
  const child = spawn(process.execPath, ["-e", "0"], { stdio: "ignore" });
  return new Promise((resolve) => child.once("exit", () => resolve(performance.now() - began)));
}

export async function run() {
  const ours = [];
  const bare = [];
  for (let i = 0; i < ROUNDS; i++) {
    bare.push(await bareNode());
    ours.push(await once(process.execPath, [bin, "start"]));
  }
  const [o, b] = [percentile(ours, 50), percentile(bare, 50)];
  return [
    {
      what: `first Authorize after process start, median of ${ROUNDS}`,
      value: ms(o),
      target: "under 1000 ms",
    },
    { what: "an empty Node process, median", value: `${ms(b)}, ratio ${(o / b).toFixed(1)}` },
  ];
}
