/**
 * The child process of the PC/SC driver: the only place that loads nfc-pcsc, because without a daemon its
 * constructor never returns, it never recovers when the daemon dies, and its `close` can deadlock. So this
 * process is never closed in good order: it is killed, and the daemon frees what it held when the socket closes.
 * Started with the parent's process id as its argument.
 */
import { Worker } from "node:worker_threads";
import type { NFC, NfcReader } from "nfc-pcsc";
import { errorText } from "../../../util/errors.ts";
import { bytesToHex, type FromChild, hexToBytes, parseToChild, type ToChild } from "./protocol.ts";
import { EscapeRefused, Slot } from "./slot.ts";
import { isSamSlot, scardText } from "./status.ts";

/** How often the parent hears that this process still turns, in milliseconds. */
const ALIVE_EVERY = 2000;

type Start = Extract<ToChild, { t: "start" }>;
type Escape = Extract<ToChild, { t: "escape" }>;

const slots = new Map<string, Slot>();
/** The reader that saw a card last: where a command without a reader's name goes. */
let latest: string | undefined;

function end(): void {
  process.kill(process.pid, "SIGKILL");
}

function send(message: FromChild): void {
  if (message.t === "card") latest = message.reader;
  process.send?.(message, undefined, undefined, (e) => {
    if (e) end();
  });
}

function sendLast(message: FromChild): void {
  process.send?.(message, undefined, undefined, end);
}

async function start(o: Start): Promise<void> {
  let Nfc: typeof NFC;
  try {
    Nfc = (await import("nfc-pcsc")).NFC;
  } catch (e) {
    return sendLast({ t: "missing", why: errorText(e).split("\n")[0]?.slice(0, 300) ?? "" });
  }
  send({ t: "loaded" });
  // The constructor may never return: what was said must be on its way before.
  setImmediate(() => open(Nfc, o));
}

function open(Nfc: typeof NFC, o: Start): void {
  try {
    const nfc = new Nfc();
    announceFirstList(nfc);
    nfc.on("error", (e) => sendLast({ t: "down", why: scardText(e).slice(0, 300) }));
    nfc.on("reader", (reader: NfcReader) => attach(reader, o));
    send({ t: "up" });
    setInterval(() => send({ t: "alive" }), ALIVE_EVERY);
  } catch (e) {
    sendLast({ t: "down", why: scardText(e).slice(0, 300) });
  }
}

/** nfc-pcsc tells of readers one by one and never that there are none; pcsclite's first list does. */
function announceFirstList(nfc: NFC): void {
  const startList = nfc.pcsc.start.bind(nfc.pcsc);
  let listed = false;
  nfc.pcsc.start = (done) =>
    startList((error, names) => {
      done(error, names);
      if (listed || error) return;
      listed = true;
      const all = names?.toString("latin1").split("\0") ?? [];
      send({ t: "listed", count: all.filter((name) => name !== "").length });
    });
}

function attach(reader: NfcReader, o: Start): void {
  const { name } = reader;
  reader.on("error", () => undefined);
  if (isSamSlot(name) || !name.toLowerCase().includes((o.match ?? "").toLowerCase())) {
    // nfc-pcsc connects to every card; without its listener the reader is left to other programs.
    reader.reader.removeAllListeners("status");
    send({ t: "skipped", reader: name });
    return;
  }
  const slot = new Slot(reader, setupFor(name, o), send);
  slots.set(name, slot);
  reader.on("end", () => {
    if (slots.get(name) === slot) slots.delete(name);
    if (latest === name) latest = undefined;
  });
}

function setupFor(name: string, o: Start): Uint8Array[] {
  const fitting = o.setup.filter((s) => name.toLowerCase().includes(s.name.toLowerCase()));
  return fitting.flatMap((s) => s.commands.map(hexToBytes));
}

async function forward(m: Escape): Promise<void> {
  const name = m.reader ?? latest ?? [...slots.keys()][0];
  const slot = name === undefined ? undefined : slots.get(name);
  try {
    if (slot === undefined) throw new Error("The reader is not plugged in");
    send({ t: "answer", id: m.id, bytes: bytesToHex(await slot.escape(hexToBytes(m.bytes))) });
  } catch (e) {
    send({ t: "failed", id: m.id, why: scardText(e).slice(0, 300), refused: e instanceof EscapeRefused });
  }
}

// A Ctrl-C goes to the whole process group; when this process ends is the parent's decision.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
process.on("disconnect", end);
new Worker(new URL("./guard.js", import.meta.url), { workerData: Number(process.argv[2]) });

let started = false;
process.on("message", (message) => {
  const m = parseToChild(message);
  if (m?.t === "escape") void forward(m);
  if (m?.t !== "start" || started) return;
  started = true;
  void start(m);
});
