import { createHash, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Server } from "node:http";
import type { CardReader, Clock, ReaderEvent } from "../../station/ports.ts";
import type { TimerHandle } from "../../util/clock.ts";
import { AppError, errorText } from "../../util/errors.ts";
import type { HttpAddress } from "./http/address.ts";
import { isLoopback } from "./http/address.ts";
import { type Hands, tapApp } from "./http/app.ts";
import { readTap, TAP_LINE, type Tap } from "./tap-line.ts";
import { VirtualReader } from "./virtual.ts";

export interface HttpReaderOptions extends HttpAddress {
  readonly clock: Clock;
  /** How long a tap lasts. */
  readonly holdMs?: number;
}

const HOLD_MS = 200;

/**
 * A reader for scripts: each POST of a UID is a tap. Listens on this machine only, unless an address is named, which
 * needs a token. Web pages are kept out: a browser tells who asks.
 * @throws AppError `usage` without a token for an address that others can reach, `device.unavailable` when the port
 * is taken or the token cannot be read
 */
export async function createHttpReader(o: HttpReaderOptions): Promise<CardReader> {
  if (o.tokenFile === undefined && !isLoopback(o.host)) {
    throw new AppError("usage", `Anybody who reaches ${o.host} could tap cards`, {
      hint: `Write a secret into a file that only you can read: --reader http:${o.host}:${o.port}?token-file=FILE`,
    });
  }
  const allows = o.tokenFile === undefined ? undefined : tokenCheck(await tokenIn(o.tokenFile));
  const hands = new HttpHands(o);
  const app = await tapApp(hands, { local: isLoopback(o.host), ...(allows === undefined ? {} : { allows }) });
  const { server, port } = await listen(app.fetch, o);
  return hands.reader(o, port, server);
}

/** What requests do to the card on the reader. */
class HttpHands implements Hands {
  readonly #clock: Clock;
  readonly #holdMs: number;
  #virtual: VirtualReader | undefined;
  #timer: TimerHandle;

  constructor(o: HttpReaderOptions) {
    this.#clock = o.clock;
    this.#holdMs = o.holdMs ?? HOLD_MS;
  }

  get held(): string | undefined {
    return this.#virtual?.held?.hex;
  }

  tap(text: string): Tap {
    const tap = this.hold(text);
    this.#timer = this.#clock.setTimeout(() => this.#virtual?.remove(), this.#holdMs);
    return tap;
  }

  hold(text: string): Tap {
    const tap = readTap(text);
    if (typeof tap === "string") {
      const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
      throw new AppError("input.invalid", `"${shown}" is ${tap}`);
    }
    this.remove();
    this.#virtual?.present(tap.uid, { technology: tap.technology });
    return tap;
  }

  remove(): boolean {
    this.#clock.clearTimeout(this.#timer);
    const held = this.held !== undefined;
    this.#virtual?.remove();
    return held;
  }

  reader({ host }: HttpReaderOptions, port: number, server: Server): CardReader {
    const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
    const virtual = new VirtualReader(url, `each POST is a tap: curl -d ${TAP_LINE} ${url}/tap`);
    this.#virtual = virtual;
    let closing: Promise<void> | undefined;
    return {
      name: url,
      events: (): AsyncIterable<ReaderEvent> => virtual.events(),
      close: () => {
        this.#clock.clearTimeout(this.#timer);
        closing ??= new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        });
        return closing.then(() => virtual.close());
      },
    };
  }
}

async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  { host, port }: HttpAddress,
): Promise<{ server: Server; port: number }> {
  const { serve } = await import("@hono/node-server");
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname: host, port }, (at) =>
      resolve({ server, port: at.port }),
    ) as Server;
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const why = cause.code === "EADDRINUSE" ? "another program listens there" : errorText(cause);
      reject(
        new AppError("device.unavailable", `Port ${port} of ${host} cannot be used: ${why}`, {
          hint: "Take another one; 0 takes any that is free.",
          cause,
        }),
      );
    });
  });
}

async function tokenIn(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new AppError("device.unavailable", `The token in ${file} cannot be read: ${errorText(cause)}`, {
      hint: "Make one: openssl rand -hex 16 > FILE && chmod 600 FILE",
      cause,
    });
  });
  const token = text.trim();
  if (token.length >= 16) return token;
  throw new AppError("usage", `The token in ${file} has ${token.length} characters, 16 are needed`, {
    hint: "Make one: openssl rand -hex 16 > FILE && chmod 600 FILE",
  });
}

/** Compares without telling by its time how much was right. */
function tokenCheck(token: string): (given: string) => boolean {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  const wanted = hash(token);
  return (given) => timingSafeEqual(hash(given), wanted);
}
