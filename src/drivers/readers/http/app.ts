import type { Context, Hono } from "hono";
import { type AppError, isAppError } from "../../../util/errors.ts";
import type { Tap } from "../tap-line.ts";
import { isLoopback } from "./address.ts";

/** What a request can do. Each throws AppError `input.invalid` for what is no UID. */
export interface Hands {
  readonly held: string | undefined;
  /** Puts the card there and takes it away again after a moment; one that lies there goes first. */
  tap(text: string): Tap;
  hold(text: string): Tap;
  /** Is false when no card lay there. */
  remove(): boolean;
}

export interface Doors {
  /** Only this machine can reach the server. */
  readonly local: boolean;
  /** Is this the token? Absent: none is needed. */
  readonly allows?: (token: string) => boolean;
}

/** A request that is longer is no UID. */
const MAX_BODY = 1024;

/** `POST /tap` and `/hold` with a UID as text or as JSON `{"uid": …}`, `POST /remove`, `GET /`. */
export async function tapApp(hands: Hands, doors: Doors): Promise<Hono> {
  const { Hono: App } = await import("hono");
  const app = new App();
  app.use("*", async (c, next) => refusal(c, doors) ?? (await next()));
  app.onError((e, c) =>
    isAppError(e, "input.invalid") ? problem(c, 400, e) : problem(c, 500, { message: "It failed" }),
  );
  app.notFound((c) =>
    problem(c, 404, {
      message: "There is nothing here",
      hint: "POST a UID to /tap or /hold, or POST /remove.",
    }),
  );
  // For people at a terminal: the prompt comes on a line of its own.
  app.use("*", async (c, next) => {
    await next();
    c.res = new Response(`${await c.res.text()}\n`, c.res);
  });
  app.get("/", (c) => c.json({ held: hands.held ?? null }));
  for (const path of ["/", "/tap"]) app.post(path, async (c) => c.json(shown(hands.tap(await bodyOf(c)))));
  app.post("/hold", async (c) => c.json(shown(hands.hold(await bodyOf(c)))));
  app.post("/remove", (c) =>
    hands.remove() ? c.json({}) : problem(c, 409, { message: "No card lies on the reader" }),
  );
  for (const path of ["/tap", "/hold", "/remove"])
    app.all(path, (c) => problem(c, 405, { message: `POST to ${path}`, hint: `curl -d UID …${path}` }));
  return app;
}

const shown = ({ uid, technology }: Tap) => ({ uid: uid.hex, technology });

/** The answer to a request that may not come in, or undefined. */
function refusal(c: Context, { local, allows }: Doors): Response | undefined {
  // A browser names the page that asks; programs have none.
  if (c.req.header("origin") !== undefined || c.req.header("sec-fetch-site") !== undefined) {
    return problem(c, 403, { message: "Web pages may not tap cards" });
  }
  // A name that was made to lead here is a web page's way around that.
  if (local && !isLoopback(hostOf(c.req.header("host") ?? ""))) {
    return problem(c, 403, { message: "This reader is asked by the address of this machine only" });
  }
  const token = /^Bearer (.+)$/.exec(c.req.header("authorization") ?? "")?.[1];
  if (allows !== undefined && (token === undefined || !allows(token))) {
    return problem(c, 401, { message: "The token is missing or wrong", hint: "Authorization: Bearer TOKEN" });
  }
  return undefined;
}

const hostOf = (header: string): string => header.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");

function problem(
  c: Context,
  status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 500,
  { message, hint }: Pick<AppError, "message"> & { readonly hint?: string | undefined },
): Response {
  return c.json({ error: message, ...(hint === undefined ? {} : { hint }) }, status);
}

/** The UID's text of a request. */
async function bodyOf(c: Context): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of c.req.raw.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > MAX_BODY) break;
  }
  const line = text.slice(0, MAX_BODY).trim();
  if (!line.startsWith("{")) return line;
  try {
    const { uid, technology } = JSON.parse(line) as Record<string, unknown>;
    const label = typeof technology === "string" ? `${technology}:` : "";
    return typeof uid === "string" ? `${label}${uid}` : line;
  } catch {
    return line;
  }
}
