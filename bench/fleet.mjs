import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { bareCsms } from "./csms.mjs";

const STATIONS = 1000;
const ROUNDS = 20;

/** Runs one kind of fleet in a process of its own against a central system in this one. */
async function measure(kind) {
  const csms = await bareCsms(() => {}, { Authorize: { idTagInfo: { status: "Invalid" } } });
  const child = fork(
    fileURLToPath(new URL("./fleet-process.mjs", import.meta.url)),
    [kind, csms.url, STATIONS, ROUNDS],
    {
      execArgv: ["--expose-gc"],
    },
  );
  const result = await new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", (code) => reject(new Error(`the ${kind} fleet ended with ${code}`)));
  });
  child.disconnect();
  csms.close();
  return result;
}

export async function run() {
  const bare = await measure("bare");
  const ours = await measure("stations");
  const ratio = ours.cpuUs / ours.messages / (bare.cpuUs / bare.messages);
  const extra = (ours.heapBytes - bare.heapBytes) / STATIONS / 1024;
  const rss = (ours.rssBytes - bare.rssBytes) / STATIONS / 1024;
  const per = (r) => `${(r.cpuUs / r.messages).toFixed(1)} µs (${r.messages} messages)`;
  return [
    { what: "CPU per message, bare clients", value: per(bare) },
    { what: "CPU per message, stations", value: per(ours) },
    { what: "ratio", value: ratio.toFixed(2), target: "at most 2.0" },
    {
      what: "heap and buffers per station above a bare client",
      value: `${extra.toFixed(1)} kB`,
      target: "at most 40 kB",
    },
    { what: "resident memory per station above a bare client", value: `${rss.toFixed(1)} kB` },
  ];
}
