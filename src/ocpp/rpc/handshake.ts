import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { type ConnectionOptions, type DetailedPeerCertificate, TLSSocket } from "node:tls";
import type { ClientOptions } from "ws";
import type { Clock } from "../../station/ports.ts";
import { MAX_FRAME_BYTES } from "./frame.ts";

/* What an attempt to connect is made with, and what can be read of its answer. */

/** How a wss:// connection is secured; PEM texts. */
export type LinkTls = Pick<
  ConnectionOptions,
  | "ca"
  | "cert"
  | "key"
  | "passphrase"
  | "rejectUnauthorized"
  | "servername"
  | "minVersion"
  | "ciphers"
  | "allowPartialTrustChain"
> &
  Pick<ClientOptions, "createConnection">;

/** Read again for each attempt. */
export interface HandshakeOptions {
  /** HTTP headers, for example Authorization. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly tls?: LinkTls | undefined;
  /** The address to connect from, for a fleet that needs more ports than one address has. */
  readonly localAddress?: string | undefined;
}

/** How long a closing handshake may take, milliseconds. */
const CLOSE_TIMEOUT_MS = 1_000;

/** Over TLS: what the far end showed and what it was checked against, PEM. */
export function chainOf(socket: Socket): readonly string[] | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const chain: string[] = [];
  const seen = new Set<DetailedPeerCertificate>();
  // The last one is its own issuer.
  for (
    let c = socket.getPeerCertificate(true);
    c?.raw !== undefined && !seen.has(c);
    c = c.issuerCertificate
  ) {
    seen.add(c);
    const body = c.raw.toString("base64").replace(/.{1,64}/g, "$&\n");
    chain.push(`-----BEGIN CERTIFICATE-----\n${body}-----END CERTIFICATE-----\n`);
  }
  return chain;
}

/** What `ws` is handed for an attempt. */
export function clientOptions({ headers, tls, localAddress }: HandshakeOptions): ClientOptions {
  // The types of ws do not know closeTimeout yet.
  const options: ClientOptions & { closeTimeout: number } = {
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    closeTimeout: CLOSE_TIMEOUT_MS,
    headers: { ...headers },
    ...tls,
    ...(localAddress === undefined ? {} : { localAddress }),
  };
  return options;
}

/** How much of a refusal's body is shown, characters. */
const BODY_SHOWN = 200;

/** How long it may take, milliseconds: the status is known already. */
const BODY_WITHIN_MS = 1_000;

/** The first line of a body that is plain text, JSON in one line, once it is there; nothing for other kinds of body. */
export function beginningOf(response: IncomingMessage, clock: Clock, then: (text: string) => void): void {
  let text = "";
  let done = false;
  const kind = response.headers["content-type"] ?? "text/plain";
  response.setEncoding("utf8");
  response.on("data", (part: string) => {
    text += part;
    if (text.length >= BODY_SHOWN) end();
  });
  const end = () => {
    if (done) return;
    done = true;
    clock.clearTimeout(patience);
    then(shownOf(kind, text.trim()).slice(0, BODY_SHOWN));
  };
  const patience = clock.setTimeout(end, BODY_WITHIN_MS);
  response.once("end", end);
  response.once("error", end);
}

function shownOf(kind: string, text: string): string {
  if (/^application\/([\w.-]+\+)?json/.test(kind)) return text.replaceAll(/\s+/g, " ");
  // Without a type it may be anything.
  return kind.startsWith("text/plain") && !text.startsWith("<") ? (text.split(/[\r\n]/, 1)[0] ?? "") : "";
}
