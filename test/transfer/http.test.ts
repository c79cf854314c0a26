import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { SimulatedClock } from "../../src/util/clock.ts";
import { isAppError } from "../../src/util/errors.ts";
import { bodyOf, type CertificateName, ca, files, httpServer, left, never, saying } from "./support.ts";

const image = "firmwareVersion: 2.0.0\n\nthe rest";

/** What a failed transfer says, with its code; what it leaves behind is nothing. */
async function failure(work: Promise<unknown>): Promise<string> {
  const e: unknown = await work.then(
    () => "it did not fail",
    (error: unknown) => error,
  );
  return isAppError(e) ? `${e.code}: ${e.message}` : String(e);
}

describe("download by HTTP", () => {
  it("keeps the file whole, tells its beginning and its progress", async () => {
    const url = await httpServer((_, answer) => answer.end(image));
    const here = files();
    const seen: (number | undefined)[] = [];
    const got = await here.download({
      url: `${url}/fw.img`,
      name: "firmware",
      signal: never,
      progress: (_, total) => seen.push(total),
    });
    expect(got).toEqual({ bytes: image.length, head: image });
    expect(readFileSync(path.join(here.dir, "firmware"), "utf8")).toBe(image);
    expect(await here.find("firmware")).toEqual(got);
    expect(seen).toEqual([image.length]);
    await here.remove("firmware");
    expect(await here.find("firmware")).toBeUndefined();
  });

  it("logs in with user and password from the URL, and shows them to nobody", async () => {
    const logins: (string | undefined)[] = [];
    const url = await httpServer(({ headers, url: path }, answer) => {
      logins.push(headers.authorization);
      if (path?.startsWith("/moved")) answer.writeHead(302, { Location: "/there" }).end();
      else saying(403)({} as never, answer);
    });
    const secret = url.replace("//", "//cp:s%3Acret@");
    const said = await failure(
      files().download({ url: `${secret}/moved?token=t0p`, name: "f", signal: never }),
    );
    expect(said).toBe(`transfer.denied: ${url}/there answered 403 Forbidden`);
    expect(logins).toEqual(Array(2).fill(`Basic ${Buffer.from("cp:s:cret").toString("base64")}`));
  });

  it("follows redirections to another server, and leaves the login behind", async () => {
    const logins: (string | undefined)[] = [];
    const other = await httpServer(({ headers }, answer) => {
      logins.push(headers.authorization);
      answer.end(image);
    });
    const url = await httpServer((_, answer) => answer.writeHead(307, { Location: `${other}/x` }).end());
    const from = url.replace("//", "//cp:secret@");
    expect((await files().download({ url: from, name: "f", signal: never })).bytes).toBe(image.length);
    expect(logins).toEqual([undefined]);
  });

  it.each([
    ["file:///etc/passwd", "redirects to file:, which is not followed"],
    ["ftp://127.0.0.1/x", "redirects to ftp:, which is not followed"],
    ["http://[", "redirects to what is no URL, which is not followed"],
    ["/", "redirects more than 5 times"],
  ])("does not follow a redirection to %s", async (to, said) => {
    const url = await httpServer((_, answer) => answer.writeHead(301, { Location: to }).end());
    const here = files();
    expect(await failure(here.download({ url, name: "f", signal: never }))).toBe(
      `transfer.failed: ${url}/ ${said}`,
    );
    expect(left(here.dir)).toEqual([]);
  });

  it.each([
    [400, "transfer.badMessage"],
    [401, "transfer.denied"],
    [404, "transfer.failed"],
    [501, "transfer.notSupported"],
    [503, "transfer.failed"],
    [206, "transfer.failed"],
  ])("status %s is %s", async (status, code) => {
    const url = await httpServer(saying(status));
    expect(await failure(files().download({ url, name: "f", signal: never }))).toMatch(
      `${code}: ${url}/ answered`,
    );
  });

  it("quotes what the server says, in one short line", async () => {
    const url = await httpServer(saying(500, `so\r\n\x1b[31mry ${"x".repeat(5000)}`));
    const said = await failure(files().download({ url, name: "f", signal: never }));
    expect(said).toMatch(/answered 500 Internal Server Error: so \[31mry x+\.\.\.$/);
    expect(said.length).toBeLessThan(300);
  });

  it.each([
    ["fewer", 100, "The server promised 100 bytes and sent 5"],
    ["more than we take", 10 ** 12, "The file is larger than the 1000 bytes that this station takes"],
  ])("a length of %s bytes than come", async (_, length, said) => {
    const url = await httpServer((_request, answer) => {
      answer.writeHead(200, { "Content-Length": length }).write("12345", () => answer.destroy());
    });
    const here = files({ limits: { maxBytes: 1000 } });
    expect(await failure(here.download({ url, name: "f", signal: never }))).toBe(`transfer.failed: ${said}`);
    expect(left(here.dir)).toEqual([]);
  });

  it("an endless file ends at the limit", async () => {
    const url = await httpServer((_, answer) => {
      const more = (): void => {
        if (!answer.destroyed) answer.write("x".repeat(10_000), more);
      };
      more();
    });
    const here = files({ limits: { maxBytes: 100_000 } });
    expect(await failure(here.download({ url, name: "f", signal: never }))).toBe(
      "transfer.failed: The file is larger than the 100000 bytes that this station takes",
    );
    expect(left(here.dir)).toEqual([]);
  });

  it.each(["before the answer", "in the middle"])("a server that falls silent %s is left", async (when) => {
    const clock = new SimulatedClock();
    let asked = (): void => {};
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const url = await httpServer((_, answer) => {
      if (when === "in the middle") answer.write("12345", asked);
      else asked();
    });
    let begun = (): void => {};
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const said = failure(
      files({ clock }).download({ url, name: "f", signal: never, progress: () => begun() }),
    );
    await isAsked;
    if (when === "in the middle") await hasBegun;
    await clock.advance(30_000);
    expect(await said).toBe("transfer.failed: The server said nothing for 30 s");
    expect(clock.pending).toBe(0);
  });

  it("a server that drips for ever is left at the end of the time", async () => {
    const clock = new SimulatedClock();
    const url = await httpServer((_, answer) => void answer.write("1"));
    const said = files({ clock, limits: { idleMs: 10_000, totalMs: 5000 } });
    let begun = (): void => {};
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const failed = failure(said.download({ url, name: "f", signal: never, progress: () => begun() }));
    await hasBegun;
    await clock.advance(5000);
    expect(await failed).toBe("transfer.failed: The transfer was not over after 5 s");
  });

  it("ends at once when it is cancelled, and when the station stops", async () => {
    for (const how of ["cancelled", "stopped"]) {
      const url = await httpServer((_, answer) => void answer.write("1"));
      const here = files();
      const cancel = new AbortController();
      const failed = failure(
        here.download({
          url,
          name: "f",
          signal: cancel.signal,
          progress: () => (how === "cancelled" ? cancel.abort() : void here.close()),
        }),
      );
      expect(await failed).toMatch(/^transfer.failed: /);
      expect(left(here.dir)).toEqual([]);
    }
  });

  it("a download that is cancelled does not disturb the next one of the same name", async () => {
    const url = await httpServer(
      ({ url: at }, answer) => void (at === "/slow" ? answer.write("1") : answer.end(image)),
    );
    const here = files();
    const cancel = new AbortController();
    let next: Promise<unknown> = Promise.resolve();
    const first = here.download({
      url: `${url}/slow`,
      name: "f",
      signal: cancel.signal,
      progress: () => {
        next = here.download({ url, name: "f", signal: never });
        cancel.abort();
      },
    });
    expect(await failure(first)).toMatch(/^transfer.failed/);
    expect(await next).toEqual({ bytes: image.length, head: image });
    expect(left(here.dir)).toEqual(["f"]);
  });

  it("a machine that is not there, a location that is none, a protocol that we have not", async () => {
    const here = files();
    const url = await httpServer(saying(200));
    const gone = url.replace(/\d+$/, "1");
    const said = (location: string) => failure(here.download({ url: location, name: "f", signal: never }));
    expect(await said(`${gone}/x`)).toBe(
      `transfer.failed: The download of ${gone}/x failed: nobody listens there`,
    );
    expect(await said("C:")).toBe('transfer.notSupported: This station does not move files by "c:"');
    expect(await said("no url")).toBe("transfer.badMessage: The location is no URL");
    expect(await said("file:///etc/passwd")).toBe(
      'transfer.notSupported: This station does not move files by "file:"',
    );
  });
});

describe("download by HTTPS", () => {
  it("takes a server whose authority is trusted", async () => {
    const url = await httpServer((_, answer) => answer.end(image), "good");
    const got = await files().download({ url, name: "f", signal: never, trusted: [ca] });
    expect(got.bytes).toBe(image.length);
  });

  it.each<[CertificateName, string[], string]>([
    ["good", [], "nobody knows the authority of the server's certificate"],
    ["self-signed", [ca], "the server's certificate is self-signed"],
    ["expired", [ca], "the server's certificate has expired"],
    ["other", [ca], "the server's certificate is for another name"],
  ])("refuses certificate %s", async (tls, trusted, why) => {
    const url = await httpServer((_, answer) => answer.end(image), tls);
    const here = files();
    expect(await failure(here.download({ url, name: "f", signal: never, trusted }))).toBe(
      `transfer.failed: The download of ${url}/ failed: ${why}`,
    );
  });

  it("is not led from TLS to none", async () => {
    const url = await httpServer(
      (_, answer) => answer.writeHead(302, { Location: "http://127.0.0.1/x" }).end(),
      "good",
    );
    const here = files();
    expect(await failure(here.download({ url, name: "f", signal: never, trusted: [ca] }))).toBe(
      `transfer.failed: ${url}/ redirects from https to http, which is not followed`,
    );
  });
});

describe("upload by HTTP", () => {
  const lines = ['{"a":1}', '{"b":2}'];
  const content = `${lines.join("\n")}\n`;

  it("puts the file below the directory, with its length, and keeps nothing", async () => {
    const got: unknown[] = [];
    const url = await httpServer(async (request, answer) => {
      const { method, url: at, headers } = request;
      got.push([method, at, headers["content-length"], await bodyOf(request)]);
      answer.writeHead(201).end();
    });
    const here = files();
    for (const dir of ["/logs", "/logs/"])
      await here.upload({ url: url + dir, fileName: "a b.jsonl", lines, signal: never });
    expect(got).toEqual(Array(2).fill(["PUT", "/logs/a%20b.jsonl", String(content.length), content]));
    expect(readdirSync(path.join(here.dir, "outgoing"))).toEqual([]);
  });

  it("puts it to the very URL when that has a query: such a link is signed for one object", async () => {
    const got: unknown[] = [];
    const url = await httpServer((request, answer) => {
      got.push(request.url);
      request.resume();
      answer.end();
    });
    await files().upload({ url: `${url}/bucket/log?sig=1`, fileName: "x", lines, signal: never });
    expect(got).toEqual(["/bucket/log?sig=1"]);
  });

  it.each([404, 405, 501])(
    "posts a form to a server that answers PUT by %s (2.0.1 N01.FR.19)",
    async (status) => {
      let form: FormData | undefined;
      const url = await httpServer(async (request, answer) => {
        if (request.method === "PUT") return saying(status)(request, answer);
        const body = await bodyOf(request);
        form = await new Response(body, {
          headers: { "Content-Type": String(request.headers["content-type"]) },
        }).formData();
        expect(request.url).toBe("/upload");
        expect(Number(request.headers["content-length"])).toBe(body.length);
        answer.end();
      });
      await files().upload({ url: `${url}/upload`, fileName: "log.jsonl", lines, signal: never });
      const file = form?.get("uploadedfile");
      expect(file).toBeInstanceOf(File);
      expect((file as File).name).toBe("log.jsonl");
      expect(await (file as File).text()).toBe(content);
    },
  );

  it.each([
    [400, "transfer.badMessage"],
    [403, "transfer.denied"],
    [405, "transfer.notSupported"],
    [507, "transfer.failed"],
  ])("status %s is %s", async (status, code) => {
    const url = await httpServer((request, answer) => {
      request.resume();
      saying(status)(request, answer);
    });
    const here = files();
    expect(await failure(here.upload({ url, fileName: "x", lines, signal: never }))).toMatch(code);
    expect(readdirSync(path.join(here.dir, "outgoing"))).toEqual([]);
  });

  const large = Array.from({ length: 1200 }, () => "x".repeat(10_000));

  it("a server that answers before it has read all, and hangs up, has failed", async () => {
    const url = await httpServer((request, answer) => {
      answer.writeHead(413, { Connection: "close" }).end("too much", () => request.socket.destroy());
    });
    const here = files();
    expect(await failure(here.upload({ url, fileName: "x", lines: large, signal: never }))).toMatch(
      /^transfer\.failed: /,
    );
    expect(left(here.dir)).toEqual([]);
  });

  it("a server that stops reading is left", async () => {
    const clock = new SimulatedClock();
    const url = await httpServer((request) => request.pause());
    const here = files({ clock });
    let said: string | undefined;
    void failure(here.upload({ url, fileName: "x", lines: large, signal: never })).then((text) => {
      said = text;
    });
    // Bytes go until the buffers of both machines are full.
    while (said === undefined) {
      await new Promise((resolve) => setImmediate(resolve));
      await clock.advance(1000);
    }
    expect(said).toBe("transfer.failed: The server said nothing for 30 s");
    expect(left(here.dir)).toEqual([]);
  });

  it("a log that is too long is not sent", async () => {
    const url = await httpServer(saying(200));
    const here = files({ limits: { maxBytes: 10 } });
    expect(await failure(here.upload({ url, fileName: "x", lines, signal: never }))).toBe(
      "transfer.failed: The log has more than 10 bytes",
    );
  });
});

it("makes nothing before it is used, and takes its own directory away", async () => {
  const here = files({ dir: undefined as never });
  const url = await httpServer((_, answer) => answer.end(image));
  await here.download({ url, name: "f", signal: never });
  expect((await here.find("f"))?.bytes).toBe(image.length);
  await here.close();
  expect(await here.find("f")).toBeUndefined();
});
