// One fleet in a process of its own: connects, settles, then does the same exchanges; reports CPU, memory and counts.
import WebSocket from "ws";

const [kind, url] = process.argv.slice(2, 4);
const [stations, rounds] = process.argv.slice(4, 6).map(Number);

/** Card of the n-th tap of all. */
const tag = (n) => `04${n.toString(16).padStart(12, "0")}`.toUpperCase();

const register = (wh, context) => ({
  value: String(wh),
  context,
  measurand: "Energy.Active.Import.Register",
  unit: "Wh",
});
const values = (...sampledValue) => ({ timestamp: new Date().toISOString(), sampledValue });
const power = { value: "11000", context: "Trigger", measurand: "Power.Active.Import", unit: "W" };
/** What the register showed at begin and end, which a station tells with StopTransaction. */
const ends = () => [values(register(0, "Transaction.Begin")), values(register(9, "Transaction.End"))];
const status = (state) => [
  "StatusNotification",
  { connectorId: 1, status: state, errorCode: "NoError", timestamp: new Date().toISOString() },
];

/** What a 1.6 station says in one short session, in its order; 12 CALLs. */
function* session(n) {
  const timestamp = new Date().toISOString();
  yield status("Preparing");
  yield ["Authorize", { idTag: tag(n) }];
  yield ["StartTransaction", { connectorId: 1, idTag: tag(n), meterStart: 0, timestamp }];
  yield status("Charging");
  for (let i = 0; i < 5; i++)
    yield [
      "MeterValues",
      { connectorId: 1, transactionId: 1, meterValue: [values(register(i, "Trigger"), power)] },
    ];
  const stop = { transactionId: 1, idTag: tag(n), meterStop: 9, timestamp, reason: "Local" };
  yield ["StopTransaction", { ...stop, transactionData: ends() }];
  yield status("Finishing");
  yield status("Available");
}

/** ws clients with the least that can make a CALL and match its answer. */
async function bareFleet() {
  const calls = await Promise.all(Array.from({ length: stations }, (_, i) => connectBare(`${url}/S${i}`)));
  const run = async (call, n) => {
    for (const exchange of session(n)) await call(exchange);
  };
  return {
    round: (r) => Promise.all(calls.map((call, i) => run(call, i + r * stations))),
  };
}

function connectBare(address) {
  const pending = new Map();
  const socket = new WebSocket(address, "ocpp1.6", { perMessageDeflate: false });
  socket.on("message", (data) => {
    const [, id] = JSON.parse(data);
    pending.get(id)?.();
    pending.delete(id);
  });
  const call = ([action, payload]) =>
    new Promise((resolve) => {
      const id = crypto.randomUUID();
      pending.set(id, resolve);
      socket.send(JSON.stringify([2, id, action, payload]));
    });
  return new Promise((resolve) => socket.on("open", () => resolve(call)));
}

const make =
  kind === "bare"
    ? bareFleet
    : async () => (await import("./fleet-stations.mjs")).stationFleet(url, stations, tag);
const fleet = await make();
/** The central system says when it has seen a round's last CALL. */
const round = async (r) => {
  const seen = new Promise((resolve) => process.once("message", resolve));
  process.send({ began: r });
  await Promise.all([seen, fleet.round(r)]);
};
await round(0);
globalThis.gc?.();
await new Promise((resolve) => setTimeout(resolve, 200));
globalThis.gc?.();
const memory = process.memoryUsage();
const before = process.cpuUsage();
for (let r = 1; r <= rounds; r++) await round(r);
const cpu = process.cpuUsage(before);
process.send({
  cpuUs: cpu.user + cpu.system,
  heapBytes: memory.heapUsed + memory.external,
  rssBytes: memory.rss,
});
process.on("disconnect", () => process.exit(0));
