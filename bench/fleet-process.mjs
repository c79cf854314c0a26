// One fleet in its own process: connects, settles, then does the same exchanges; reports CPU, memory and counts.
import WebSocket from "ws";

const [kind, url, stations, rounds] = [
  process.argv[2],
  process.argv[3],
  Number(process.argv[4]),
  Number(process.argv[5]),
];

/** The exchange of this benchmark: Authorize of a card that is refused. */
async function bareFleet() {
  let messages = 0;
  const clients = await Promise.all(
    Array.from({ length: stations }, (_, i) => connectBare(`${url}/S${i}`, () => messages++)),
  );
  let round = 0;
  return {
    round: () => {
      round++;
      return Promise.all(clients.map((c, i) => c(["Authorize", { idTag: tag(i + round * stations) }])));
    },
    messages: () => messages,
  };
}

/** A ws client with the least that can make a CALL and match its answer. */
function connectBare(address, count) {
  const pending = new Map();
  const socket = new WebSocket(address, "ocpp1.6", { perMessageDeflate: false });
  let ids = 0;
  socket.on("message", (data) => {
    count();
    const [, id] = JSON.parse(data);
    pending.get(id)?.();
    pending.delete(id);
  });
  const call = ([action, payload]) =>
    new Promise((resolve) => {
      const id = `${Math.random().toString(36).slice(2)}-0000-4000-8000-${ids++}`;
      pending.set(id, resolve);
      count();
      socket.send(JSON.stringify([2, id, action, payload]));
    });
  return new Promise((resolve) => socket.on("open", () => resolve(call)));
}

const tag = (i) => `04${i.toString(16).padStart(12, "0")}`.toUpperCase();

/** Our stations: each round every station gets a card that its central system is asked about. */
async function ourFleet() {
  const { createFleetForBench } = await import("./fleet-stations.mjs");
  return createFleetForBench(url, stations, tag);
}

const fleet = kind === "bare" ? await bareFleet() : await ourFleet();
await fleet.round();
globalThis.gc?.();
await new Promise((resolve) => setTimeout(resolve, 200));
globalThis.gc?.();
const memory = process.memoryUsage();
const before = { cpu: process.cpuUsage(), messages: fleet.messages() };
for (let n = 0; n < rounds; n++) await fleet.round();
const cpu = process.cpuUsage(before.cpu);
process.send({
  cpuUs: cpu.user + cpu.system,
  messages: fleet.messages() - before.messages,
  heapBytes: memory.heapUsed + memory.external,
  rssBytes: memory.rss,
});
process.on("disconnect", () => process.exit(0));
