import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  ServerResponse,
} from "node:http";
import { createServer as createSecureServer } from "node:https";
import {
  type AddressInfo,
  createServer as createNetServer,
  type Server as NetServer,
  type Socket,
} from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket, type TlsOptions } from "node:tls";
import { type WebSocket, WebSocketServer } from "ws";
import type { OcppVersion } from "../ocpp/rpc/types.ts";
import { systemClock } from "../util/clock.ts";
import { AppError, errorText } from "../util/errors.ts";
import { isStationId } from "./check.ts";
import type { Shown } from "./credentials.ts";

/** The subprotocol of each version, as registered with IANA. */
export const SUBPROTOCOLS: Readonly<Record<OcppVersion, string>> = { "1.6": "ocpp1.6", "2.0.1": "ocpp2.0.1" };

/** Larger than any message of a list or a report that a station may send; ws answers more with 1009. */
const PAYLOAD_MAX = 1024 * 1024;
const CLOSING_MS = 500;

export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 426 | 503;
  readonly why: string;
}

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly versions: readonly OcppVersion[];
  /** Answers what is asked of files; absent: there are none. */
  readonly files?: { readonly path: string; readonly listener: RequestListener };
  /** May this station connect, with what it shows? */
  readonly admit: (station: string, shown: Shown) => Refusal | undefined;
  /** Speak TLS too, on the same port, with this certificate. */
  readonly tls?: Pick<TlsOptions, "cert" | "key" | "ca">;
  readonly connected: (socket: WebSocket, caller: Caller) => void;
  /** Hears who was not let in, and why. */
  readonly refused?: (caller: Partial<Caller> & Pick<Caller, "secure">, why: string) => void;
}

/** Who asks for a WebSocket. */
export interface Caller {
  readonly station: string;
  readonly version: OcppVersion;
  /** By TLS. */
  readonly secure: boolean;
}

/** What was read from a handshake. */
type Handshake =
  | { readonly ok: true; readonly station: string; readonly version: OcppVersion }
  | { readonly ok: false; readonly refusal: Refusal; readonly station?: string };

const refuse = (status: Refusal["status"], why: string, station?: string): Handshake => ({
  ok: false,
  refusal: { status, why },
  ...(station !== undefined && { station }),
});

/** The first byte of a TLS connection: a handshake record (RFC 8446 §5.1). No HTTP method begins so. */
const TLS_HANDSHAKE = 0x16;

/** Takes WebSocket handshakes below /ocpp/; everything else gets an HTTP answer that says what would be right. */
export class OcppServer {
  readonly #o: ServerOptions;
  readonly #http: Server;
  /** Where connections come in: HTTP itself or, with TLS, what tells the two apart. */
  readonly #door: NetServer;
  readonly #ws: WebSocketServer;

  constructor(o: ServerOptions) {
    this.#o = o;
    this.#http = createServer((req, res) => {
      const path = pathOf(req);
      const { files } = this.#o;
      if (files !== undefined && path.startsWith(`${files.path}/`)) {
        files.listener(req, res);
        return;
      }
      const refusal: Refusal =
        path === "/" || path.startsWith("/ocpp")
          ? { status: 426, why: "Connect by WebSocket to /ocpp/<identity of the station>." }
          : {
              status: 404,
              why: "There is nothing here; stations connect to /ocpp/<identity of the station>.",
            };
      answer(res, refusal);
    });
    this.#ws = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: PAYLOAD_MAX,
      handleProtocols: (offered) => this.#agreed([...offered])?.subprotocol ?? false,
    });
    this.#http.on("upgrade", (req, socket, head) => this.#upgrade(req, socket, head));
    this.#door = o.tls === undefined ? this.#http : this.#bothWays(o.tls);
  }

  /** Certificates of stations are asked for and judged at the handshake of the WebSocket, where the answer can say why. */
  #bothWays(tls: NonNullable<ServerOptions["tls"]>): NetServer {
    const secure = createSecureServer({
      ...tls,
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: "TLSv1.2",
    });
    secure.on("upgrade", (req, socket, head) => this.#http.emit("upgrade", req, socket, head));
    secure.on("request", (req, res) => this.#http.emit("request", req, res));
    // A caller that does not trust this certificate hangs up: its affair.
    secure.on("tlsClientError", () => undefined);
    return createNetServer((socket: Socket) => {
      socket.on("error", () => socket.destroy());
      socket.once("data", (first: Buffer) => {
        socket.pause();
        socket.unshift(first);
        (first[0] === TLS_HANDSHAKE ? secure : this.#http).emit("connection", socket);
        if (first[0] !== TLS_HANDSHAKE) process.nextTick(() => socket.resume());
      });
    });
  }

  /**
   * Starts listening; the result is the URL to which stations add "/" and their identity.
   * @throws AppError `config.invalid` when the port cannot be had
   */
  async listen(): Promise<string> {
    const { host, port } = this.#o;
    await new Promise<void>((resolve, reject) => {
      this.#door.once("error", (e) =>
        reject(
          new AppError(
            "config.invalid",
            `The central system cannot listen on ${host}:${port}: ${errorText(e)}`,
            {
              hint: "Choose another port, or 0 for any that is free.",
              cause: e,
            },
          ),
        ),
      );
      this.#door.listen(port, host, resolve);
    });
    const { address, port: real } = this.#door.address() as AddressInfo;
    return `ws://${address.includes(":") ? `[${address}]` : address}:${real}/ocpp`;
  }

  /** Lets stations say goodbye for a moment, then cuts them off. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#door.close(() => resolve()));
    this.#http.closeAllConnections();
    const cut = systemClock.setTimeout(() => {
      for (const socket of this.#ws.clients) socket.terminate();
    }, CLOSING_MS);
    await Promise.all(
      [...this.#ws.clients].map(
        (socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())),
      ),
    );
    systemClock.clearTimeout(cut);
    await closed;
  }

  #upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    // A caller that resets while it is being answered is no event.
    socket.on("error", () => socket.destroy());
    const handshake = this.#read(req);
    const shown = shownBy(req);
    const { secure } = shown;
    const refusal = handshake.ok ? this.#o.admit(handshake.station, shown) : handshake.refusal;
    if (refusal !== undefined) this.#o.refused?.({ ...handshake, secure }, refusal.why);
    if (refusal !== undefined || !handshake.ok) {
      const res = new ServerResponse(req);
      res.assignSocket(socket as Parameters<ServerResponse["assignSocket"]>[0]);
      res.on("finish", () => socket.end());
      answer(res, refusal ?? { status: 400, why: "Bad handshake." });
      return;
    }
    this.#ws.handleUpgrade(req, socket, head, (ws) => this.#o.connected(ws, { ...handshake, secure }));
  }

  #read(req: IncomingMessage): Handshake {
    const path = pathOf(req);
    const segment = /^\/ocpp\/([^/]+)$/.exec(path)?.[1];
    if (segment === undefined) {
      return refuse(
        404,
        "Stations connect to /ocpp/<identity of the station>, one segment, percent-encoded.",
      );
    }
    const station = decoded(segment);
    if (station === undefined || !isStationId(station)) {
      return refuse(
        400,
        "This cannot be the identity of a station: 1 to 48 letters, digits, blanks and * - _ = : + | @ . are allowed.",
      );
    }
    const offered = (req.headers["sec-websocket-protocol"] ?? "").split(",").map((p) => p.trim());
    const agreed = this.#agreed(offered);
    if (agreed === undefined) {
      const spoken = this.#o.versions.map((v) => SUBPROTOCOLS[v]).join(", ");
      const said = offered.filter((p) => p !== "").join(", ") || "none";
      return refuse(
        400,
        `No common subprotocol. This central system speaks: ${spoken}. The station offered: ${said}.`,
        station,
      );
    }
    return { ok: true, station, version: agreed.version };
  }

  /** The station's order of preference counts (OCPP-J 1.6 §3.1.2). */
  #agreed(offered: readonly string[]): { version: OcppVersion; subprotocol: string } | undefined {
    for (const subprotocol of offered) {
      const version = this.#o.versions.find((v) => SUBPROTOCOLS[v] === subprotocol);
      if (version !== undefined) return { version, subprotocol };
    }
    return undefined;
  }
}

/** The path as it was sent: nothing is resolved or decoded, so that "..", "%2F" and the like stay visible. */
function pathOf(req: IncomingMessage): string {
  return (req.url ?? "").split("?", 1)[0] ?? "";
}

/** Authorization and client certificate, as far as they are there. */
function shownBy(req: IncomingMessage): Shown {
  const basic = basicOf(req.headers.authorization);
  if (!(req.socket instanceof TLSSocket)) return { secure: false, ...(basic && { basic }) };
  const certificate = certificateOf(req.socket);
  return { secure: true, ...(basic && { basic }), ...(certificate && { certificate }) };
}

/** The user name ends at the first colon; the password may be any bytes (RFC 7617 §2, OCPP-J 1.6 §6.2). */
function basicOf(header: string | undefined): Shown["basic"] {
  const base64 = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(header ?? "")?.[1];
  if (base64 === undefined) return undefined;
  const bytes = Buffer.from(base64, "base64");
  const colon = bytes.indexOf(":");
  if (colon < 0) return undefined;
  return { user: bytes.subarray(0, colon).toString("utf8"), password: bytes.subarray(colon + 1) };
}

function certificateOf(socket: TLSSocket): Shown["certificate"] {
  const { subject } = socket.getPeerCertificate();
  if (subject === undefined) return undefined;
  const commonName = [subject.CN].flat()[0] ?? "";
  if (socket.authorized) return { commonName };
  return { commonName, problem: String(socket.authorizationError) };
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function answer(res: ServerResponse, refusal: Refusal): void {
  res.shouldKeepAlive = false;
  const upgrade = refusal.status === 426 ? { Upgrade: "websocket" } : {};
  const basic = refusal.status === 401 ? { "WWW-Authenticate": 'Basic realm="OCPP", charset="UTF-8"' } : {};
  res.writeHead(refusal.status, { "Content-Type": "text/plain; charset=utf-8", ...upgrade, ...basic });
  res.end(`${refusal.why}\n`);
}
