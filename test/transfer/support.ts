import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { Issued } from "../../src/security/authority.ts";
import { Files, type FilesOptions } from "../../src/transfer/files.ts";
import { authority, PAST, selfSigned, serverCertificate } from "../support/certificates.ts";

const root = await authority("File server root");
export const ca = root.certificate;

/** Servers' certificates: one that is right, and what can be wrong with one. */
export const certificates = {
  good: () => serverCertificate(root),
  expired: () => serverCertificate(root, PAST),
  other: () => serverCertificate(root, { hosts: ["csms.example"] }),
  "self-signed": () => selfSigned(),
} as const satisfies Record<string, () => Promise<Issued>>;

export type CertificateName = keyof typeof certificates;

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

/** A real HTTP server on loopback that answers as the listener says; with a certificate by TLS. */
export async function httpServer(listener: RequestListener, tls?: CertificateName): Promise<string> {
  const issued = tls && (await certificates[tls]());
  const server =
    issued === undefined
      ? createServer(listener)
      : createTlsServer({ cert: issued.certificate, key: issued.privateKey }, listener);
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

/** The files that a directory of {@link Files} has. */
export const left = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);

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
