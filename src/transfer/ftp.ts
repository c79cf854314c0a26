import { Readable, Transform, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Client, FTPError } from "basic-ftp";
import { printable, shownUrl, type TransferCode, transferError } from "./errors.ts";
import { authorities, noticed, type Protocol, type ProtocolJob, plain } from "./protocol.ts";

/** The port where TLS begins at once; on any other FTPS asks for it by AUTH TLS (RFC 4217). */
const IMPLICIT_PORT = "990";

/** What a server means by its reply (RFC 959 §4.2.2): anything that is not here has failed. */
const CODES: Readonly<Record<number, TransferCode>> = {
  500: "transfer.badMessage",
  501: "transfer.badMessage",
  502: "transfer.notSupported",
  504: "transfer.notSupported",
  530: "transfer.denied",
  532: "transfer.denied",
  534: "transfer.denied",
  553: "transfer.denied",
};

/** FTP and FTPS, passive. A path is relative to where the login leads (RFC 1738 §3.2.2); `//` makes it absolute. */
export const ftp: Protocol = {
  download: (job, sink) =>
    connected(job, async (client) => {
      const path = pathOf(job.url);
      // Not every server tells a size.
      const size = await client.size(path).catch((e: unknown) => {
        if (e instanceof FTPError) return undefined;
        throw e;
      });
      if (size !== undefined) job.watch.expect(size);
      const meter = counting(job, sink);
      await Promise.all([client.downloadTo(meter.input, path), meter.done]);
      job.watch.complete();
    }),

  upload: (job, file) =>
    connected(job, async (client) => {
      const directory = pathOf(job.url).replace(/\/$/, "");
      await client.uploadFrom(
        Readable.from(noticed(job, file.open())),
        directory === "" ? file.fileName : `${directory}/${file.fileName}`,
      );
    }),
};

function pathOf(url: URL): string {
  return plain(url.pathname.slice(1));
}

/** What goes into `input` is counted and goes on to the sink; too much breaks it off. */
function counting({ watch }: ProtocolJob, sink: Writable) {
  const input = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        watch.moved(chunk.length);
        done(null, chunk);
      } catch (e) {
        done(e as Error);
      }
    },
  });
  return { input, done: pipeline(input, sink) };
}

/** Logs in, works, and leaves; the watch's signal cuts the connection. */
async function connected(job: ProtocolJob, work: (client: Client) => Promise<void>): Promise<void> {
  const { url, watch, trusted } = job;
  // The watch looks after the time; a data connection to another machine is an old trick of hostile servers.
  const client = new Client(0, { allowSeparateTransferHost: false });
  const cut = () => client.close();
  watch.signal.addEventListener("abort", cut);
  try {
    watch.signal.throwIfAborted();
    const implicit = url.port === IMPLICIT_PORT || url.port === "";
    await client.access({
      host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
      ...(url.port === "" ? {} : { port: Number(url.port) }),
      ...(url.username === "" ? {} : { user: plain(url.username), password: plain(url.password) }),
      ...(url.protocol === "ftps:" ? secure(implicit, url, authorities(trusted)) : {}),
    });
    watch.alive();
    await work(client);
  } catch (e) {
    if (!(e instanceof FTPError)) throw e;
    throw transferError(
      CODES[e.code] ?? "transfer.failed",
      `${shownUrl(url)} answered ${printable(e.message)}`,
      undefined,
      e,
    );
  } finally {
    watch.signal.removeEventListener("abort", cut);
    client.close();
  }
}

function secure(implicit: boolean, url: URL, tls: { ca?: string[] }) {
  return {
    ...(url.port === "" ? { port: Number(IMPLICIT_PORT) } : {}),
    secure: implicit ? ("implicit" as const) : true,
    secureOptions: tls,
  };
}
