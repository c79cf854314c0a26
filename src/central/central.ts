import type { WebSocket } from "ws";
import type { CallsOptions } from "../ocpp/rpc/calls.ts";
import type { CallOutcome, OcppVersion } from "../ocpp/rpc/types.ts";
import { payloadCheck } from "../ocpp/schemas.ts";
import type { Issued } from "../security/authority.ts";
import type { FactBody, LinkFact } from "../station/facts.ts";
import { type Clock, isoTime, systemClock } from "../util/clock.ts";
import { errorText } from "../util/errors.ts";
import { type AnswerBehaviour, Answers } from "./answers.ts";
import { CentralAuthority } from "./authority.ts";
import { Book } from "./book.ts";
import { Charges } from "./charges.ts";
import { Connection } from "./connection.ts";
import { Credentials, type Shown } from "./credentials.ts";
import { noteChange } from "./credentials-changed.ts";
import { type ActionTable, judgeAt } from "./desk.ts";
import type { FileDesk } from "./files.ts";
import { Judge } from "./judge.ts";
import { Ledger } from "./ledger.ts";
import { Received } from "./received.ts";
import { type Caller, OcppServer, type Refusal, SUBPROTOCOLS } from "./server.ts";
import type { Sql } from "./sql.ts";
import type { Central, CentralFiles, CentralOptions, ConnectedStation, SendOptions } from "./types.ts";
import { ACTIONS_16 } from "./v16.ts";
import { ACTIONS_201 } from "./v201.ts";

const ACTIONS: Readonly<Record<OcppVersion, ActionTable>> = { "1.6": ACTIONS_16, "2.0.1": ACTIONS_201 };
const VERSIONS: readonly OcppVersion[] = ["1.6", "2.0.1"];
const FAULT = "central system's records";

type Settings = CentralOptions &
  Required<Pick<CentralOptions, "port" | "heartbeatInterval" | "timeoutMs">> & {
    readonly ids: CallsOptions["ids"];
    readonly fileDesk?: FileDesk;
  };

/** Puts server, records and connections together. */
export class CentralSystem implements Central {
  readonly #o: Settings;
  readonly #sql: Sql;
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  readonly #charges: Charges;
  readonly #judge: Judge;
  readonly #credentials: Credentials;
  readonly #authority: CentralAuthority;
  #server: OcppServer | undefined;
  readonly #answers = new Answers();
  readonly #connections = new Map<string, Connection>();
  readonly book: Book;
  readonly received = new Received();
  #url = "";
  #faulty = false;
  #closing: Promise<void> | undefined;

  constructor(sql: Sql, o: Settings) {
    this.#o = o;
    this.#sql = sql;
    this.#clock = o.clock ?? systemClock;
    this.book = new Book(sql, this.#clock);
    this.#ledger = new Ledger(sql, this.#clock);
    this.#charges = new Charges(sql);
    this.#judge = new Judge({
      ledger: this.#ledger,
      charges: this.#charges,
      clock: this.#clock,
      say: (station, fact) => this.#say(station, fact),
    });
    this.#credentials = new Credentials(sql);
    this.#authority = new CentralAuthority(sql, this.#clock);
    if (o.fileDesk !== undefined) o.fileDesk.onFile = (fact) => this.#say(this.#onlyStation(), fact);
  }

  async listen(): Promise<void> {
    const { host = "127.0.0.1", port, versions = VERSIONS, tls, tlsHosts } = this.#o;
    const hosts = tlsHosts ?? [...new Set(["localhost", "127.0.0.1", "::1", host])];
    this.#server = new OcppServer({
      host,
      port,
      versions,
      admit: (station, shown) => this.#admit(station, shown),
      connected: (socket, caller) => this.#connected(socket, caller),
      refused: ({ station = "", secure }, why) => this.#sayLink(station, secure, { state: "refused", why }),
      ...(this.#o.fileDesk !== undefined && { files: this.#o.fileDesk }),
      ...(tls === true && { tls: await this.#authority.server(hosts) }),
    });
    this.#url = await this.#server.listen();
  }

  get url(): string {
    return this.#url;
  }

  urlFor(stationId: string): string {
    return `${this.#url}/${encodeURIComponent(stationId)}`;
  }

  get files(): CentralFiles | undefined {
    const { fileDesk } = this.#o;
    if (fileDesk === undefined) return undefined;
    const base = this.#url.replace(/^ws/, "http").replace(/\/ocpp$/, fileDesk.path);
    return {
      url: (name) => `${base}/${encodeURIComponent(name)}`,
      uploadUrl: `${base}/uploads`,
      uploads: () => fileDesk.uploads(),
    };
  }

  stations(): ConnectedStation[] {
    return [...this.#connections.values()].map((c) => ({
      id: c.station,
      version: c.version,
      since: c.since,
      connectors: Object.fromEntries(c.connectors),
      ...(c.registration !== undefined && { registration: c.registration }),
    }));
  }

  async send(stationId: string, action: string, payload: unknown, o: SendOptions = {}): Promise<CallOutcome> {
    const connection = this.#connections.get(stationId);
    if (connection === undefined) return { kind: "disconnected", sent: false };
    const outcome = await connection.call(action, payload, o);
    noteChange(this.#credentials, stationId, action, payload, outcome);
    return outcome;
  }

  setPassword(stationId: string, password: string | undefined): void {
    this.#credentials.setPassword(stationId, password);
  }

  async rootCertificate(): Promise<string | undefined> {
    return this.#o.tls === true ? this.#authority.root() : undefined;
  }

  issueCertificate(stationId: string): Promise<Issued> {
    return this.#authority.issue(stationId);
  }

  sendText(stationId: string, frame: string): boolean {
    return this.#connections.get(stationId)?.sendRaw(frame) ?? false;
  }

  /** HTTP does not say which station asks; where only one is connected, it is that one. */
  #onlyStation(): string {
    const [only, other] = this.#connections.keys();
    return other === undefined ? (only ?? "") : "";
  }

  disconnect(stationId: string): boolean {
    const connection = this.#connections.get(stationId);
    connection?.close(1000, "The central system cut the connection");
    return connection !== undefined;
  }

  setAnswer(action: string, behaviour: AnswerBehaviour): () => void {
    return this.#answers.set(action, behaviour);
  }

  clearAnswers(action?: string): void {
    this.#answers.clear(action);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const connection of this.#connections.values()) connection.close(1001, "The central system stops");
    await this.#server?.close();
    this.#sql.close();
  }

  #admit(station: string, shown: Shown): Refusal | undefined {
    if (this.#closing !== undefined) return { status: 503, why: "The central system stops." };
    try {
      const known = this.#ledger.station(station) !== undefined;
      this.#health(undefined);
      const denial = this.#credentials.check(station, shown);
      if (denial !== undefined || known) return denial;
      if (this.#o.autoRegister === false) {
        return { status: 404, why: "No station has this identity. Identities are case-sensitive." };
      }
      return this.#ledger.register(station)
        ? undefined
        : { status: 503, why: "Too many stations registered by connecting; write this one down first." };
    } catch (e) {
      this.#health(`connection of ${station}: ${errorText(e)}`);
      return { status: 503, why: "The central system cannot use its records now." };
    }
  }

  /** The newer connection counts: a station that lost its network does not know that the older one is still open. */
  #connected(socket: WebSocket, { station, version, secure }: Caller): void {
    const { heartbeatInterval, timeoutMs, ids, frames = false } = this.#o;
    this.#connections.get(station)?.close(4001, "A newer connection of this station took over");
    const connection = new Connection({
      socket,
      version,
      actions: ACTIONS[version],
      check: payloadCheck(version),
      answers: this.#answers,
      received: this.received,
      clock: this.#clock,
      ids,
      timeoutMs,
      frames,
      say: (id, fact) => this.#say(id, fact),
      health: (problem) => this.#health(problem),
      desk: {
        station,
        clock: this.#clock,
        ledger: this.#ledger,
        charges: this.#charges,
        heartbeatInterval,
        judge: judgeAt(this.#judge, this.#ledger, station),
        connectors: new Map(),
        sign: (csr) => void this.#sign(station, csr),
      },
    });
    this.#connections.set(station, connection);
    this.#sayLink(station, secure, { state: "connected", subprotocol: SUBPROTOCOLS[version] });
    this.#welcome(station, version);
    socket.on("close", (code, reason) => {
      this.#sayLink(station, secure, { state: "disconnected", why: closedText(code, reason.toString()) });
      if (this.#connections.get(station) === connection) this.#connections.delete(station);
    });
  }

  async #sign(station: string, csr: string): Promise<void> {
    try {
      const { outside = (work) => work } = this.#o;
      const certificateChain = await outside(this.#authority.sign(this.#credentials.names(station), csr));
      await this.#connections.get(station)?.call("CertificateSigned", { certificateChain }, {});
    } catch (e) {
      const detail = `the request of ${station}: ${errorText(e)}`;
      this.#say(station, { kind: "certificate", event: "refused", detail });
    }
  }

  #welcome(station: string, version: OcppVersion): void {
    try {
      const newcomer = this.#ledger.connected(station, version);
      if (newcomer === undefined) return;
      const { location, mode } = newcomer;
      this.#say(station, { kind: "newStation", subprotocol: SUBPROTOCOLS[version], location, mode });
    } catch (e) {
      this.#health(`connection of ${station}: ${errorText(e)}`);
    }
  }

  #sayLink(station: string, secure: boolean, about: Pick<LinkFact, "state" | "subprotocol" | "why">): void {
    if (this.#o.frames !== true) return;
    const url = secure ? this.#url.replace(/^ws:/, "wss:") : this.#url;
    this.#say(station, { kind: "link", url, ...about });
  }

  /** Raised once, cleared once. */
  #health(problem: string | undefined): void {
    if (this.#faulty === (problem !== undefined)) return;
    this.#faulty = problem !== undefined;
    this.#say("", {
      kind: "fault",
      what: FAULT,
      state: this.#faulty ? "raised" : "cleared",
      ...(problem !== undefined && {
        detail: problem,
        hint: "Look whether another process holds the database file, and whether the disk is full.",
      }),
    });
  }

  #say(station: string, fact: FactBody): void {
    this.#o.onFact?.({ ...fact, time: isoTime(this.#clock), station, source: "central" });
  }
}

/** How a connection ended: what a closing handshake said, or that there was none (RFC 6455 §7.1.5). */
function closedText(code: number, reason: string): string {
  if (code === 1006) return "the connection broke";
  return reason === "" ? `closed with code ${code}` : `closed with code ${code}: ${reason}`;
}
