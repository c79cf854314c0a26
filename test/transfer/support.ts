import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { Files, type FilesOptions } from "../../src/transfer/files.ts";

const tlsDir = new URL("../ocpp/rpc/tls/", import.meta.url);
export const tlsFile = (name: string): string => new URL(name, tlsDir).pathname;
export const ca = readFileSync(tlsFile("ca.pem"), "utf8");

/** A directory that goes when the test is over. */
export function tempDir(): string {
  const dir = mkdtempSync(path.join(tmpdir(), "tapstation-transfer-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Files as a station has them, in a directory of their own. */
export function files(o: FilesOptions = {}): Files & { readonly dir: string } {
  const dir = path.join(tempDir(), "files");
  const made = new Files({ dir, ...o });
  onTestFinished(() => made.close());
  return Object.assign(made, { dir });
}

/** A real HTTP server on loopback that answers as the listener says; `tls` names a certificate of the fixtures. */
export async function httpServer(listener: RequestListener, tls?: string): Promise<string> {
  const server =
    tls === undefined
      ? createServer(listener)
      : createTlsServer(
          { cert: readFileSync(tlsFile(`${tls}.pem`)), key: readFileSync(tlsFile(`${tls}.key`)) },
          listener,
        );
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return `${tls === undefined ? "http" : "https"}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** Answers with a status and nothing else. */
export const saying =
  (status: number, text = "") =>
  (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status).end(text);
  };

export const never = new AbortController().signal;
