import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { bareCsms } from "./csms.mjs";
import { percentile } from "./stats.mjs";

const STATIONS = 1000;
const ROUNDS = 10;
/** How often each kind is measured, in turn: other work on the machine then hits both. */
const RUNS = 3;
/** CALLs of one session; see fleet-process.mjs. */
const CALLS = 12;

/** Runs one kind of fleet in a process of its own against a central system in this one. */
async function measure(kind) {
  let seen = 0;
  let counting = false;
  const csms = await bareCsms(() => {
    if (counting && ++seen % (CALLS * STATIONS) === 0) child.send("round over");
  });
  const program = fileURLToPath(new URL("./fleet-process.mjs", import.meta.url));
  const child = fork(program, [kind, csms.url, STATIONS, ROUNDS], { execArgv: ["--expose-gc"] });
  const result = await new Promise((resolve, reject) => {
    child.on("message", (m) => {
      if ("began" in m) counting = true;
      else resolve(m);
    });
    child.once("exit", (code) => reject(new Error(`the ${kind} fleet ended with ${code}`)));
  });
  child.disconnect();
  csms.close();
  return { ...result, messages: 2 * CALLS * STATIONS * ROUNDS };
}

/** Of each number on its own. */
function median(results) {
  const of = (name) =>
    percentile(
      results.map((r) => r[name]),
      50,
    );
  return Object.fromEntries(Object.keys(results[0]).map((name) => [name, of(name)]));
}

export async function run() {
  const runs = { bare: [], stations: [] };
  for (let i = 0; i < RUNS; i++) for (const kind in runs) runs[kind].push(await measure(kind));
  const [bare, ours] = [median(runs.bare), median(runs.stations)];
  const ratio = ours.cpuUs / bare.cpuUs;
  const extra = (ours.heapBytes - bare.heapBytes) / STATIONS / 1024;
  const rss = (ours.rssBytes - bare.rssBytes) / STATIONS / 1024;
  const per = (r) => `${(r.cpuUs / r.messages).toFixed(1)} µs (${r.messages} messages)`;
  return [
    { what: "CPU per message, bare clients", value: per(bare) },
    { what: "CPU per message, whole stations in whole sessions", value: per(ours) },
    { what: "ratio", value: ratio.toFixed(2), target: "at most 2.0" },
    {
      what: "heap and buffers per station above a bare client",
      value: `${extra.toFixed(1)} kB`,
      target: "at most 40 kB",
    },
    { what: "resident memory per station above a bare client", value: `${rss.toFixed(1)} kB` },
  ];
}
