import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { planScenarios, runScenarios } from "../dist/app/scenarios.js";
import { ms, percentile } from "./stats.mjs";

const cwd = fileURLToPath(new URL("..", import.meta.url));
const bin = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const ROUNDS = 10;

/** All scenarios of the repository; gives the seconds and the stations' own time. */
async function all(workers) {
  let virtualMs = 0;
  const began = performance.now();
  const { passed } = await runScenarios({
    paths: ["scenarios"],
    cwd,
    workers,
    onEvent: (e) => {
      if (e.kind === "scenarioEnded") virtualMs += e.result.ms;
    },
  });
  return { passed, seconds: (performance.now() - began) / 1000, virtualMs };
}

function startUp(args) {
  const began = performance.now();
  const child = spawn(process.execPath, args, { cwd, stdio: "ignore" });
  return new Promise((resolve) => child.once("exit", () => resolve(performance.now() - began)));
}

export async function run() {
  await all(1);
  const rows = [];
  for (const workers of [1, 2, 4, 8]) {
    const { passed, seconds, virtualMs } = await all(workers);
    rows.push({
      what: `${passed} scenarios, ${workers} at a time`,
      value: `${(passed / seconds).toFixed(0)} a second, ${(virtualMs / 3_600_000 / seconds).toFixed(0)} hours a second`,
      ...(workers === 4 ? { target: "over 20 a second" } : {}),
    });
  }
  const one = planScenarios({ paths: ["scenarios"], cwd })[0].info.at.file;
  const ours = [];
  const bare = [];
  for (let i = 0; i < ROUNDS; i++) {
    bare.push(await startUp(["-e", "0"]));
    ours.push(await startUp([bin, "run", one, "--ocpp", "1.6"]));
  }
  const [o, b] = [percentile(ours, 50), percentile(bare, 50)];
  rows.push({
    what: "tapstation run of one scenario, as a process, median",
    value: ms(o),
    target: "under 1000 ms",
  });
  rows.push({ what: "an empty Node process, median", value: `${ms(b)}, ratio ${(o / b).toFixed(1)}` });
  return rows;
}
