import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { OcppVersion } from "../ocpp/rpc/types.ts";
import { systemClock } from "../util/clock.ts";
import { AppError, errorText } from "../util/errors.ts";
import { isStationId } from "./check.ts";

/** The subprotocol of each version, as registered with IANA. */
export const SUBPROTOCOLS: Readonly<Record<OcppVersion, string>> = { "1.6": "ocpp1.6", "2.0.1": "ocpp2.0.1" };

/** Larger than any message of a list or a report that a station may send; ws answers more with 1009. */
const PAYLOAD_MAX = 1024 * 1024;
const CLOSING_MS = 500;

export interface Refusal {
  readonly status: 400 | 404 | 426 | 503;
  readonly why: string;
}

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly versions: readonly OcppVersion[];
  /** May this station connect? */
  readonly admit: (station: string) => Refusal | undefined;
  /** Answers what is asked of files; absent: there are none. */
  readonly files?: { readonly path: string; readonly listener: RequestListener };
  readonly connected: (socket: WebSocket, station: string, version: OcppVersion) => void;
}

/** What was read from a handshake. */
type Handshake =
  | { readonly ok: true; readonly station: string; readonly version: OcppVersion }
  | { readonly ok: false; readonly refusal: Refusal };

const refuse = (status: Refusal["status"], why: string): Handshake => ({
  ok: false,
  refusal: { status, why },
});

/** Takes WebSocket handshakes below /ocpp/; everything else gets an HTTP answer that says what would be right. */
export class OcppServer {
  readonly #o: ServerOptions;
  readonly #http: Server;
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
  }

  /**
   * Starts listening; the result is the URL to which stations add "/" and their identity.
   * @throws AppError `config.invalid` when the port cannot be had
   */
  async listen(): Promise<string> {
    const { host, port } = this.#o;
    await new Promise<void>((resolve, reject) => {
      this.#http.once("error", (e) =>
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
      this.#http.listen(port, host, resolve);
    });
    const { address, port: real } = this.#http.address() as AddressInfo;
    return `ws://${address.includes(":") ? `[${address}]` : address}:${real}/ocpp`;
  }

  /** Lets stations say goodbye for a moment, then cuts them off. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()));
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
    const refusal = handshake.ok ? this.#o.admit(handshake.station) : handshake.refusal;
    if (refusal !== undefined || !handshake.ok) {
      const res = new ServerResponse(req);
      res.assignSocket(socket as Parameters<ServerResponse["assignSocket"]>[0]);
      res.on("finish", () => socket.end());
      answer(res, refusal ?? { status: 400, why: "Bad handshake." });
      return;
    }
    this.#ws.handleUpgrade(req, socket, head, (ws) =>
      this.#o.connected(ws, handshake.station, handshake.version),
    );
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
  res.writeHead(refusal.status, { "Content-Type": "text/plain; charset=utf-8", ...upgrade });
  res.end(`${refusal.why}\n`);
}
