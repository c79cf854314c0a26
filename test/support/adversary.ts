import type { WebSocket } from "ws";
import { ScriptedServer } from "./ws-server.ts";

/** From 0 to below 1, the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A message about a transaction as it came over the wire. */
export interface Heard {
  /** In which life of the station. */
  readonly life: number;
  readonly type: "Started" | "Updated" | "Ended";
  /** 2.0.1: the transaction's id. 1.6, where the station cannot say it: connector and meterStart. */
  readonly transaction: string;
  readonly seqNo: number | undefined;
  readonly reason: string | undefined;
  readonly meterWh: number | undefined;
  /** What must be the same each time that it is sent. */
  readonly content: string;
  answered: boolean;
}

type Body = Record<string, unknown>;
interface Command {
  readonly action: string;
  readonly payload: Body;
}

/** What a version calls things. */
interface Speech {
  transaction(
    action: string,
    payload: Body,
    integers: Map<number, string>,
  ): Omit<Heard, "life" | "answered"> | undefined;
  answer(action: string, payload: Body, next: () => number): Body;
  setting(name: string, value: string): Command;
  list(version: number, full: boolean, tokens: readonly string[], without: readonly string[]): Command;
  available(evseId: number, operative: boolean): Command;
  sample(evseId: number): Command;
  reserve(id: number, evseId: number, token: string): Command;
  cancel(id: number): Command;
  /** A default for all transactions of an EVSE, A; undefined where the version cannot say it here. */
  limit?(evseId: number, amps: number): Command;
}

const now = () => new Date().toISOString();
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const group = (version: number) => `V${version}`;

/** The action that begins, goes on with and ends a transaction. */
const types16: Readonly<Record<string, Heard["type"]>> = {
  StartTransaction: "Started",
  MeterValues: "Updated",
  StopTransaction: "Ended",
};

export const speeches: Readonly<Record<"1.6" | "2.0.1", Speech>> = {
  "1.6": {
    transaction(action, payload, integers) {
      const type = types16[action];
      if (type === undefined || (type === "Updated" && payload.transactionId === undefined)) return undefined;
      // Asked for by TriggerMessage: it does not wait its turn.
      if (type === "Updated" && JSON.stringify(payload).includes('"context":"Trigger"')) return undefined;
      const transaction =
        type === "Started"
          ? `${payload.connectorId}/${payload.meterStart}`
          : (integers.get(Number(payload.transactionId)) ?? `unknown ${payload.transactionId}`);
      const { transactionId: _, ...content } = payload;
      const meterWh = (payload.meterStart ?? payload.meterStop) as number | undefined;
      const reason = payload.reason as string | undefined;
      return {
        type,
        transaction,
        seqNo: undefined,
        reason,
        meterWh,
        content: JSON.stringify([action, content]),
      };
    },
    answer(action, _payload, next) {
      const idTagInfo = { status: "Accepted" };
      if (action === "BootNotification") return { status: "Accepted", interval: 300, currentTime: now() };
      if (action === "Heartbeat") return { currentTime: now() };
      if (action === "Authorize") return { idTagInfo };
      if (action === "StartTransaction") return { idTagInfo, transactionId: next() };
      return {};
    },
    setting: (key, value) => ({ action: "ChangeConfiguration", payload: { key, value } }),
    list: (listVersion, full, tokens, without) => ({
      action: "SendLocalList",
      payload: {
        listVersion,
        updateType: full ? "Full" : "Differential",
        localAuthorizationList: [
          ...tokens.map((idTag) => ({
            idTag,
            idTagInfo: { status: "Accepted", parentIdTag: group(listVersion) },
          })),
          ...without.map((idTag) => ({ idTag })),
        ],
      },
    }),
    available: (connectorId, operative) => ({
      action: "ChangeAvailability",
      payload: { connectorId, type: operative ? "Operative" : "Inoperative" },
    }),
    sample: (connectorId) => ({
      action: "TriggerMessage",
      payload: { requestedMessage: "MeterValues", connectorId },
    }),
    reserve: (reservationId, connectorId, idTag) => ({
      action: "ReserveNow",
      payload: { reservationId, connectorId, idTag, expiryDate: inAnHour() },
    }),
    cancel: (reservationId) => ({ action: "CancelReservation", payload: { reservationId } }),
    limit: (connectorId, limit) => ({
      action: "SetChargingProfile",
      payload: {
        connectorId,
        csChargingProfiles: {
          chargingProfileId: connectorId,
          stackLevel: 0,
          chargingProfilePurpose: "TxDefaultProfile",
          chargingProfileKind: "Relative",
          chargingSchedule: { chargingRateUnit: "A", chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
        },
      },
    }),
  },
  "2.0.1": {
    transaction(action, payload) {
      if (action !== "TransactionEvent") return undefined;
      const { offline: _, ...content } = payload;
      const info = payload.transactionInfo as { transactionId: string; stoppedReason?: string };
      const type = payload.eventType as Heard["type"];
      return {
        type,
        transaction: info.transactionId,
        seqNo: payload.seqNo as number,
        reason: info.stoppedReason,
        meterWh: undefined,
        content: JSON.stringify(content),
      };
    },
    answer(action) {
      if (action === "BootNotification") return { status: "Accepted", interval: 300, currentTime: now() };
      if (action === "Heartbeat") return { currentTime: now() };
      if (action === "Authorize") return { idTokenInfo: { status: "Accepted" } };
      return {};
    },
    setting(name, value) {
      const [component = "", variable = ""] = name.split(".");
      const item = { component: { name: component }, variable: { name: variable }, attributeValue: value };
      return { action: "SetVariables", payload: { setVariableData: [item] } };
    },
    list: (versionNumber, full, tokens, without) => ({
      action: "SendLocalList",
      payload: {
        versionNumber,
        updateType: full ? "Full" : "Differential",
        localAuthorizationList: [
          ...tokens.map((idToken) => ({
            idToken: { idToken, type: "ISO14443" },
            idTokenInfo: {
              status: "Accepted",
              groupIdToken: { idToken: group(versionNumber), type: "Central" },
            },
          })),
          ...without.map((idToken) => ({ idToken: { idToken, type: "ISO14443" } })),
        ],
      },
    }),
    available: (id, operative) => ({
      action: "ChangeAvailability",
      payload: { evse: { id }, operationalStatus: operative ? "Operative" : "Inoperative" },
    }),
    sample: (id) => ({
      action: "TriggerMessage",
      payload: { requestedMessage: "TransactionEvent", evse: { id } },
    }),
    reserve: (id, evseId, idToken) => ({
      action: "ReserveNow",
      payload: { id, evseId, idToken: { idToken, type: "ISO14443" }, expiryDateTime: inAnHour() },
    }),
    cancel: (reservationId) => ({ action: "CancelReservation", payload: { reservationId } }),
  },
};

/**
 * A central system to be afraid of: it takes its time, swallows answers and hangs up in the middle, by a seed. It
 * keeps every message about a transaction, and whether it answered.
 */
export class Adversary {
  readonly heard: Heard[] = [];
  /** What went against the rules on the wire. */
  readonly wrong: string[] = [];
  /** Answers without delay and without fail. */
  good = true;
  life = 0;
  /** Called for each frame that comes in, before it is answered. */
  onFrame: (about?: Heard) => void = () => {};
  readonly server: ScriptedServer;
  readonly #speech: Speech;
  readonly #random: () => number;
  /** 1.6: which transaction an integer was given to; the last one given counts. */
  readonly #integers = new Map<number, string>();
  readonly #waiting = new Map<string, (answer: unknown) => void>();
  #next = 0;

  private constructor(version: "1.6" | "2.0.1", random: () => number, server: ScriptedServer) {
    this.#speech = speeches[version];
    this.#random = random;
    this.server = server;
  }

  static async start(version: "1.6" | "2.0.1", random: () => number): Promise<Adversary> {
    let accept: (socket: WebSocket) => void = () => {};
    const server = await ScriptedServer.start({ onConnection: (socket) => accept(socket) });
    const self = new Adversary(version, random, server);
    accept = (socket) => self.#accept(socket);
    return self;
  }

  /**
   * Sends a command; undefined when the station did not answer it before the connection went, else whether it did as
   * it was told.
   */
  async command(make: (speech: Speech) => Command | undefined): Promise<boolean | undefined> {
    const command = make(this.#speech);
    const [socket] = this.server.sockets;
    if (socket === undefined || command === undefined) return false;
    const answer = await this.#ask(socket, command);
    if (answer === undefined) return undefined;
    return !/"(?:status|attributeStatus)":"(?!Accepted|Scheduled)/.test(JSON.stringify(answer));
  }

  #ask(socket: WebSocket, { action, payload }: Command): Promise<unknown> {
    const id = `c${++this.#next}`;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      socket.send(JSON.stringify([2, id, action, payload]));
    });
  }

  #accept(socket: WebSocket): void {
    socket.on("close", () => {
      for (const resolve of this.#waiting.values()) resolve(undefined);
      this.#waiting.clear();
    });
    socket.on("message", (data) => this.#frame(socket, JSON.parse(data.toString())));
  }

  #frame(socket: WebSocket, frame: [number, string, string, Body]): void {
    const [type, id, action, payload] = frame;
    if (type !== 2) {
      if (type === 4) this.wrong.push(`CALLERROR ${JSON.stringify(frame)}`);
      this.#waiting.get(id)?.(frame[2]);
      this.#waiting.delete(id);
      this.onFrame();
      return;
    }
    const heard = this.#note(action, payload);
    this.onFrame(heard);
    const answer = () => {
      if (socket.readyState !== socket.OPEN) return;
      let integer: number | undefined;
      const next = () => {
        integer = ++this.#next;
        return integer;
      };
      const said = this.#speech.answer(action, payload, next);
      if (integer !== undefined && heard !== undefined) {
        for (const [old, of] of this.#integers) if (of === heard.transaction) this.#integers.delete(old);
        this.#integers.set(integer, heard.transaction);
      }
      if (heard !== undefined) heard.answered = true;
      socket.send(JSON.stringify([3, id, said]));
    };
    this.#behave(action, answer);
  }

  #behave(action: string, answer: () => void): void {
    const luck = this.good || action === "BootNotification" ? 1 : this.#random();
    if (luck < 0.005) return;
    if (luck < 0.012) this.server.breakOff();
    else if (luck < 0.02) {
      answer();
      this.server.breakOff();
    } else if (luck < 0.4) setTimeout(answer, 25 * this.#random());
    else answer();
  }

  /** Nothing may overtake: what comes for the first time comes after all before it were answered. */
  #note(action: string, payload: Body): Heard | undefined {
    const said = this.#speech.transaction(action, payload, this.#integers);
    if (said === undefined) return undefined;
    if (said.transaction.startsWith("unknown")) {
      this.wrong.push(
        `life ${this.life}: ${action} with a transactionId that was not the last one given: ${JSON.stringify(payload)}`,
      );
    }
    const heard = { ...said, life: this.life, answered: false };
    if (!this.heard.some((h) => h.content === said.content)) {
      const open = new Set(this.heard.map((h) => h.content));
      for (const h of this.heard) if (h.answered) open.delete(h.content);
      if (open.size > 0) this.wrong.push(`life ${this.life}: ${said.content} overtook ${[...open].join()}`);
    }
    this.heard.push(heard);
    return heard;
  }
}
