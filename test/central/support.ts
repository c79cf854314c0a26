import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { type Central, type CentralOptions, createCentral } from "../../src/central/index.ts";
import type { Fact } from "../../src/station/facts.ts";
import { Emitter } from "../../src/util/emitter.ts";

const WAIT_MS = 10_000;

/**
 * Resolves with the first defined result of `look`; rejects after a deadline. It is asked again whenever `bell` rings,
 * and now and then: the two ends of a socket do not close at the same moment.
 */
export function eventually<T>(what: string, look: () => T | undefined, bell: Emitter<void>): Promise<T> {
  const found = look();
  if (found !== undefined) return Promise.resolve(found);
  const error = new Error(`${what} did not happen within ${WAIT_MS} ms`);
  return new Promise((resolve, reject) => {
    const again = () => {
      const late = look();
      if (late === undefined) return;
      end();
      resolve(late);
    };
    const stop = bell.on(again);
    const glance = setInterval(again, 20);
    const timer = setTimeout(() => {
      end();
      reject(error);
    }, WAIT_MS);
    const end = () => {
      clearTimeout(timer);
      clearInterval(glance);
      stop();
    };
  });
}

/** A station that is no station: a raw WebSocket with JSON written by hand. */
export class RawStation {
  readonly frames: unknown[][] = [];
  closed: { code: number; reason: string } | undefined;
  readonly socket: WebSocket;
  /** Rings after each frame and after the end. */
  readonly bell = new Emitter<void>();
  #next = 0;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => {
      this.frames.push(read(String(data)));
      this.bell.emit();
    });
    socket.on("close", (code, reason) => {
      this.closed = { code, reason: String(reason) };
      this.bell.emit();
    });
    socket.on("error", () => undefined);
  }

  /** Sends a CALL and gives the whole frame that answers it. */
  async call(action: string, payload: unknown): Promise<unknown[]> {
    const id = `m${++this.#next}`;
    this.socket.send(JSON.stringify([2, id, action, payload]));
    return this.frame(`the answer to ${action}`, (f) => f[1] === id);
  }

  /** The payload of the CALLRESULT. */
  async ask(action: string, payload: unknown): Promise<Record<string, unknown>> {
    const frame = await this.call(action, payload);
    if (frame[0] !== 3) throw new Error(`${action} was answered by ${JSON.stringify(frame)}`);
    return frame[2] as Record<string, unknown>;
  }

  frame(what: string, fits: (frame: unknown[]) => boolean): Promise<unknown[]> {
    return eventually(what, () => this.frames.findLast(fits), this.bell);
  }

  ended(): Promise<{ code: number; reason: string }> {
    return eventually("the end of the connection", () => this.closed, this.bell);
  }
}

function read(text: string): unknown[] {
  try {
    return JSON.parse(text) as unknown[];
  } catch {
    return ["unreadable", text];
  }
}

export function connect(url: string, protocols: string[] | string): Promise<RawStation> {
  const socket = new WebSocket(url, protocols);
  onTestFinished(() => socket.terminate());
  const station = new RawStation(socket);
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve(station));
    socket.once("error", reject);
    socket.once("unexpected-response", (_req, res) => {
      let text = "";
      res.setEncoding("utf8");
      res.on("data", (d: string) => {
        text += d;
      });
      res.on("end", () => reject(new Error(`${res.statusCode} ${text.trim()}`)));
    });
  });
}

export interface TestCentral {
  readonly central: Central;
  /** All but those about new stations, which every test would have. */
  readonly facts: Fact[];
  readonly newStations: Fact[];
  station(id: string, version?: "1.6" | "2.0.1"): Promise<RawStation>;
}

export async function start(options: CentralOptions = {}): Promise<TestCentral> {
  const facts: Fact[] = [];
  const newStations: Fact[] = [];
  const onFact = (f: Fact) => (f.kind === "newStation" ? newStations : facts).push(f);
  const central = await createCentral({ onFact, ...options });
  onTestFinished(() => central.close());
  return {
    central,
    facts,
    newStations,
    station: (id, version = "1.6") => connect(central.urlFor(id), `ocpp${version}`),
  };
}

/** A path for a database file that goes away with the test. */
export function temporaryFile(name = "central.db"): string {
  const folder = mkdtempSync(join(tmpdir(), "central-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, name);
}

export const NOW = "2030-01-01T10:00:00.000Z";

export const BOOT_16 = { chargePointVendor: "Tap", chargePointModel: "One" };
export const BOOT_201 = { reason: "PowerUp", chargingStation: { vendorName: "Tap", model: "Two" } };

export function startTx(idTag: string, more: object = {}): object {
  return { connectorId: 1, idTag, meterStart: 100, timestamp: NOW, ...more };
}

export function txEvent(eventType: string, transactionId: string, more: object = {}): object {
  return {
    eventType,
    timestamp: NOW,
    triggerReason: "Authorized",
    seqNo: 0,
    transactionInfo: { transactionId },
    evse: { id: 1, connectorId: 1 },
    ...more,
  };
}

export function iso14443(idToken: string): object {
  return { idToken: { idToken, type: "ISO14443" } };
}
