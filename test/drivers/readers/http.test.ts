import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createHttpReader } from "../../../src/drivers/readers/http.ts";
import type { CardReader } from "../../../src/station/ports.ts";
import { SimulatedClock, systemClock } from "../../../src/util/clock.ts";
import { readerContract } from "../../contracts/reader.ts";
import { ReaderLog } from "../../contracts/reader-log.ts";

const LOCAL = { host: "127.0.0.1", port: 0 } as const;

interface Answer {
  readonly status: number;
  readonly body: { readonly uid?: string; readonly held?: string | null; readonly error?: string };
}

/** A request as programs make it: without the headers that `fetch` adds. */
function ask(
  url: string,
  method: string,
  path: string,
  body = "",
  headers: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { method, headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

readerContract(
  "http",
  async () => {
    const reader = await createHttpReader({ ...LOCAL, clock: systemClock });
    return {
      reader,
      present: async (uid) => {
        await ask(reader.name, "POST", "/hold", uid.hex);
      },
      remove: async () => {
        await ask(reader.name, "POST", "/remove");
      },
    };
  },
  { fixed: true },
);

describe("a reader that scripts POST to", () => {
  let reader: CardReader;
  let log: ReaderLog;
  const clock = new SimulatedClock();
  beforeEach(async () => {
    reader = await createHttpReader({ ...LOCAL, clock });
    log = new ReaderLog(reader);
    await log.heard("ready");
  });
  afterEach(() => reader.close());

  const post = (path: string, body?: string, headers?: Record<string, string>): Promise<Answer> =>
    ask(reader.name, "POST", path, body, headers);

  it.each([
    ["a line", "ISO15693:E004010012345678\n", "E004010012345678", "ISO15693"],
    ["only the hex digits", "04A2241BC85E80", "04A2241BC85E80", "ISO14443"],
    ["JSON", '{"uid": "0F00184594", "technology": "EM4100"}', "0F00184594", "EM4100"],
  ])("takes %s for a tap, which ends by itself", async (_, body, uid, technology) => {
    expect(await post("/tap", body)).toEqual({ status: 200, body: { uid, technology } });
    await log.heard(`card ${uid}`);
    expect((await ask(reader.name, "GET", "/")).body.held).toBe(uid);
    await clock.advance(200);
    await log.heard(`removed ${uid}`);
    expect(log.of("card")[0]?.technology).toBe(technology);
    expect((await ask(reader.name, "GET", "/")).body.held).toBeNull();
  });

  it("holds a card until it is taken away, or another one comes", async () => {
    await post("/hold", "04A2241BC85E80");
    await clock.advance(10_000);
    await post("/", "6B3D12D6");
    await clock.advance(200);
    expect(await post("/remove")).toMatchObject({ status: 409 });
    expect(log.cards).toEqual([
      "card 04A2241BC85E80",
      "removed 04A2241BC85E80",
      "card 6B3D12D6",
      "removed 6B3D12D6",
    ]);
  });

  it.each([
    ["no UID", "/tap", "hello", 400, "not a UID"],
    ["a broken object", "/tap", '{"uid": 4', 400, "not a UID"],
    ["an object without UID", "/tap", "{}", 400, "not a UID"],
    ["more than a UID can be", "/hold", "04".repeat(100_000), 400, "not a UID"],
    ["nothing", "/hold", "", 400, "not a UID"],
    ["another path", "/cards", "", 404, "nothing here"],
  ])("refuses %s", async (_, path, body, status, error) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toContain(error);
    expect(log.cards).toEqual([]);
  });

  it.each([
    ["a web page", { origin: "https://evil.example" }],
    ["a web page of no origin", { origin: "null" }],
    ["a browser's link", { "sec-fetch-site": "cross-site" }],
    ["a name that was made to lead here", { host: "rebound.example" }],
  ])("keeps %s out", async (_, headers) => {
    expect((await post("/tap", "04A2241BC85E80", headers)).status).toBe(403);
    expect((await ask(reader.name, "GET", "/", "", headers)).status).toBe(403);
    expect(log.cards).toEqual([]);
  });

  it("says that another program listens on its port", async () => {
    const port = Number(new URL(reader.name).port);
    await expect(createHttpReader({ host: "127.0.0.1", port, clock })).rejects.toMatchObject({
      code: "device.unavailable",
      message: expect.stringContaining("another program"),
    });
  });
});

describe("a reader that other machines can POST to", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "tapstation-http-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it("needs a token", async () => {
    await expect(createHttpReader({ host: "0.0.0.0", port: 0, clock: systemClock })).rejects.toMatchObject({
      code: "usage",
      hint: expect.stringContaining("?token-file="),
    });
  });

  it.each(["short", ""])("needs a long one, not %j", async (token) => {
    writeFileSync(join(dir, "token"), token);
    await expect(
      createHttpReader({ host: "0.0.0.0", port: 0, tokenFile: join(dir, "token"), clock: systemClock }),
    ).rejects.toMatchObject({ code: "usage" });
  });

  it("says when the token cannot be read", async () => {
    await expect(
      createHttpReader({ ...LOCAL, tokenFile: join(dir, "none"), clock: systemClock }),
    ).rejects.toMatchObject({ code: "device.unavailable", hint: expect.stringContaining("openssl") });
  });

  it("lets in who has it, and nobody else", async () => {
    const tokenFile = join(dir, "token");
    writeFileSync(tokenFile, "0123456789abcdef\n");
    const reader = await createHttpReader({ host: "0.0.0.0", port: 0, tokenFile, clock: systemClock });
    const url = reader.name.replace("0.0.0.0", "127.0.0.1");
    const tap = (authorization?: string): Promise<Answer> =>
      ask(url, "POST", "/tap", "6B3D12D6", authorization === undefined ? {} : { authorization });
    expect((await tap()).status).toBe(401);
    expect((await tap("Bearer 0123456789abcdeF")).status).toBe(401);
    expect((await tap("Bearer 0123456789abcdef")).status).toBe(200);
    await reader.close();
  });
});
