import { type ClientRequest, type IncomingMessage, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { printable, shownUrl, type TransferCode, transferError } from "./errors.ts";
import { authorities, noticed, type Outgoing, type Protocol, type ProtocolJob, plain } from "./protocol.ts";

/** A server that sends us round in circles is left after so many. */
const REDIRECTS_MAX = 5;
/** So much of an answer's text is shown to a person. */
const ANSWER_MAX = 2000;

type Headers = Readonly<Record<string, string | number>>;
type Method = "GET" | "PUT" | "POST";

/** What the server means by its status: anything that is not here has failed. */
const CODES: Readonly<Record<number, TransferCode>> = {
  400: "transfer.badMessage",
  401: "transfer.denied",
  403: "transfer.denied",
  405: "transfer.notSupported",
  407: "transfer.denied",
  415: "transfer.badMessage",
  501: "transfer.notSupported",
};

/** A server that answers PUT so may still take a form (2.0.1 N01.FR.19). */
const NO_PUT: ReadonlySet<number> = new Set([404, 405, 501]);

/** HTTP and HTTPS. */
export const http: Protocol = {
  async download(job, sink) {
    const answer = await follow(job, job.url, REDIRECTS_MAX);
    const length = Number(answer.headers["content-length"] ?? Number.NaN);
    if (Number.isSafeInteger(length)) job.watch.expect(length);
    const count = async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        job.watch.moved(chunk.length);
        yield chunk;
      }
    };
    try {
      await pipeline(answer, count, sink, { signal: job.watch.signal });
    } catch (e) {
      // Cut short: how much is missing says more than "aborted".
      if (!job.watch.signal.aborted && !answer.complete) job.watch.complete();
      throw e;
    }
    job.watch.complete();
  },

  /**
   * By PUT of the file below the directory, as most receivers of logs expect it; to the very URL when it has a query,
   * because such a link is signed for one object. A server that has no PUT gets a form by POST, with the names that
   * 2.0.1 N01.FR.19 gives them.
   */
  async upload(job, file) {
    const { url } = job;
    const target = url.search === "" ? below(url, file.fileName) : url;
    const type = { "Content-Type": "application/octet-stream" };
    const put = await send(job, target, "PUT", { ...type, "Content-Length": file.bytes }, file.open());
    if (put.statusCode !== undefined && NO_PUT.has(put.statusCode)) {
      put.resume();
      await check(await postForm(job, file), url, job);
    } else await check(put, target, job);
  },
};

/** The URL of a file in the directory that a URL names. */
function below(url: URL, fileName: string): URL {
  const target = new URL(url);
  target.pathname = `${url.pathname.replace(/\/$/, "")}/${encodeURIComponent(fileName)}`;
  return target;
}

/** multipart/form-data with one part (RFC 7578). */
function postForm(job: ProtocolJob, file: Outgoing): Promise<IncomingMessage> {
  const boundary = `file-${crypto.randomUUID()}`;
  const head = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="uploadedfile"; filename="${file.fileName}"\r\n` +
      "Content-Type: application/octet-stream\r\n\r\n",
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const body = async function* () {
    yield head;
    yield* file.open();
    yield tail;
  };
  const headers = {
    "Content-Type": `multipart/form-data; boundary=${boundary}`,
    "Content-Length": head.length + file.bytes + tail.length,
  };
  return send(job, job.url, "POST", headers, Readable.from(body()));
}

/** Asks until there is something that is no redirection. */
async function follow(job: ProtocolJob, url: URL, left: number): Promise<IncomingMessage> {
  const answer = await send(job, url, "GET", { Accept: "*/*", "Accept-Encoding": "identity" });
  const { statusCode = 0, headers } = answer;
  if (statusCode === 200) return answer;
  if (statusCode < 300 || statusCode > 399 || headers.location === undefined) {
    await check(answer, url, job);
    throw transferError("transfer.failed", `${shownUrl(url)} answered ${statusCode} instead of a file`);
  }
  answer.destroy();
  if (left === 0)
    throw transferError("transfer.failed", `${shownUrl(url)} redirects more than ${REDIRECTS_MAX} times`);
  return follow(job, redirected(url, headers.location), left - 1);
}

/** Where a redirection leads; never out of HTTP, and never from TLS to none. The login goes to its own server only. */
function redirected(from: URL, location: string): URL {
  const refused = (why: string) =>
    transferError("transfer.failed", `${shownUrl(from)} redirects ${why}, which is not followed`);
  if (!URL.canParse(location, from.href)) throw refused("to what is no URL");
  const to = new URL(location, from.href);
  if (to.protocol !== "http:" && to.protocol !== "https:") throw refused(`to ${printable(to.protocol)}`);
  if (from.protocol === "https:" && to.protocol === "http:") throw refused("from https to http");
  if (to.host === from.host && to.username === "") {
    to.username = from.username;
    to.password = from.password;
  }
  return to;
}

function send(
  job: ProtocolJob,
  url: URL,
  method: Method,
  headers: Headers,
  body?: Readable,
): Promise<IncomingMessage> {
  const { watch, trusted } = job;
  const { username, password } = url;
  const options = {
    method,
    agent: false,
    signal: watch.signal,
    headers: { "User-Agent": "tapstation", ...headers },
    ...(username === "" ? {} : { auth: `${plain(username)}:${plain(password)}` }),
  };
  return new Promise((resolve, reject) => {
    const heard = (answer: IncomingMessage): void => {
      watch.alive();
      resolve(answer);
    };
    // The login travels in its header alone.
    const target = new URL(url);
    target.username = "";
    target.password = "";
    const call: ClientRequest =
      url.protocol === "https:"
        ? tlsRequest(target, { ...options, ...authorities(trusted) }, heard)
        : plainRequest(target, options, heard);
    call.on("error", reject);
    if (body === undefined) {
      call.end();
      return;
    }
    // A server may answer and hang up before it has read all: then its answer counts.
    pipeline(noticed(job, body), call).catch((e: unknown) => reject(e));
  });
}

/** @throws AppError `transfer.*` unless the server was content */
async function check(answer: IncomingMessage, url: URL, { watch }: ProtocolJob): Promise<void> {
  const { statusCode = 0, statusMessage = "" } = answer;
  if (statusCode >= 200 && statusCode < 300) {
    answer.resume();
    return;
  }
  const said = await beginning(answer).catch(() => "");
  if (watch.signal.aborted) throw watch.signal.reason;
  const words = printable(`${statusCode} ${statusMessage}${said === "" ? "" : `: ${said}`}`);
  throw transferError(CODES[statusCode] ?? "transfer.failed", `${shownUrl(url)} answered ${words}`);
}

async function beginning(answer: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of answer) {
    text += String(chunk);
    if (text.length >= ANSWER_MAX) break;
  }
  return text.slice(0, ANSWER_MAX);
}
