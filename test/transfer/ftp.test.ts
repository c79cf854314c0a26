import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { SimulatedClock } from "../../src/util/clock.ts";
import { FTP_PASSWORD, ftpServer, ftpServerMissing, ftpsServer } from "../support/ftp-server.ts";
import { skipUnlessRequired } from "../support/pcscd-package.ts";
import { ca, certificates, files, left, never, tempDir } from "./support.ts";

const missing = skipUnlessRequired(ftpServerMissing());
const image = `firmwareVersion: 2.0.0\n\n${"x".repeat(200_000)}`;

async function serve(tls?: "good" | "self-signed") {
  const dir = tempDir();
  const pub = tls === undefined ? dir : path.join(dir, "pub");
  mkdirSync(pub, { recursive: true });
  writeFileSync(path.join(pub, "fw.img"), image);
  const server = tls === undefined ? await ftpServer(dir) : await ftpsServer(dir, await certificates[tls]());
  onTestFinished(() => server.close());
  return { ...server, pub };
}

describe.skipIf(missing !== undefined)(`FTP${missing === undefined ? "" : ` (skipped: ${missing})`}`, () => {
  it.each(["FTP", "FTPS"])("%s brings a file, and takes one", async (name) => {
    const server = await serve(name === "FTPS" ? "good" : undefined);
    const here = files();
    const bytes: number[] = [];
    const got = await here.download({
      url: `${server.url}/fw.img`,
      name: "firmware",
      signal: never,
      trusted: [ca],
      progress: (n, total) => {
        bytes.push(n);
        expect(total).toBe(image.length);
      },
    });
    expect(got.bytes).toBe(image.length);
    expect(readFileSync(path.join(here.dir, "firmware"), "utf8")).toBe(image);
    expect(bytes.at(-1)).toBe(image.length);

    await here.upload({
      url: server.url,
      fileName: "log.jsonl",
      lines: ["a", "b"],
      signal: never,
      trusted: [ca],
    });
    expect(readFileSync(path.join(server.pub, "log.jsonl"), "utf8")).toBe("a\nb\n");
  });

  it("says what was wrong, without the password", async () => {
    const server = await serve();
    const here = files({ limits: { maxBytes: 100_000 } });
    const download = (url: string) => here.download({ url, name: "f", signal: never });
    const at = `ftp://127.0.0.1:${server.port}`;
    await expect(download(server.url.replace("pa%3A", "no"))).rejects.toMatchObject({
      code: "transfer.denied",
      message: expect.stringContaining("530"),
    });
    const nowhere: Error = await download(`${server.url}/gone.img`).catch((e) => e);
    expect(nowhere).toMatchObject({ code: "transfer.failed" });
    expect(nowhere.message).toMatch(`${at}/gone.img answered 550`);
    expect(nowhere.message).not.toContain(FTP_PASSWORD);
    await expect(download(`${server.url}/fw.img`)).rejects.toMatchObject({
      message: "The file is larger than the 100000 bytes that this station takes",
    });
    await expect(download(`${server.url}/a%0d%0aDELE%20fw.img`)).rejects.toMatchObject({
      code: "transfer.badMessage",
    });
    await expect(
      here.upload({ url: at, fileName: "log", lines: ["a"], signal: never }),
    ).rejects.toMatchObject({ code: "transfer.failed", message: expect.stringContaining("550") });
    expect(readdirSync(server.pub)).toEqual(["fw.img"]);
    expect(left(here.dir)).toEqual([]);
  });

  it("FTPS does not take any certificate", async () => {
    const server = await serve("self-signed");
    await expect(
      files().download({ url: `${server.url}/fw.img`, name: "f", signal: never, trusted: [ca] }),
    ).rejects.toMatchObject({ message: expect.stringContaining("the server's certificate is self-signed") });
  });

  it("ends at once when it is cancelled", async () => {
    const server = await serve();
    const cancel = new AbortController();
    const here = files();
    await expect(
      here.download({
        url: `${server.url}/fw.img`,
        name: "f",
        signal: cancel.signal,
        progress: () => cancel.abort(),
      }),
    ).rejects.toMatchObject({ code: "transfer.failed" });
    expect(left(here.dir)).toEqual([]);
  });
});

it.each([
  ["at the beginning", ""],
  ["after its welcome", "220 hello\r\n"],
])("an FTP server that falls silent %s is left", async (_, welcome) => {
  const clock = new SimulatedClock();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    if (welcome !== "") socket.write(welcome);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const job = { url: `ftp://127.0.0.1:${port}/fw.img`, name: "f", signal: never };
  const failed = expect(files({ clock }).download(job)).rejects.toMatchObject({
    code: "transfer.failed",
    message: "The server said nothing for 30 s",
  });
  await once(server, "connection");
  await clock.advance(30_000);
  await failed;
  expect(clock.pending).toBe(0);
});
