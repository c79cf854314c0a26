import { printable, transferError } from "./errors.ts";
import type { Protocol } from "./protocol.ts";

interface ProtocolRow {
  /** As 1.6 SupportedFileTransferProtocols spells it. */
  readonly name: string;
  readonly load: () => Promise<Protocol>;
}

/** Every protocol of this house by its URL scheme. */
export const protocols: Readonly<Record<string, ProtocolRow>> = {
  "ftp:": { name: "FTP", load: async () => (await import("./ftp.ts")).ftp },
  "ftps:": { name: "FTPS", load: async () => (await import("./ftp.ts")).ftp },
  "http:": { name: "HTTP", load: async () => (await import("./http.ts")).http },
  "https:": { name: "HTTPS", load: async () => (await import("./http.ts")).http },
};

export const protocolNames: readonly string[] = Object.values(protocols).map((p) => p.name);

/**
 * The URL and the protocol that it asks for.
 * @throws AppError `transfer.badMessage`, `transfer.notSupported`
 */
export function protocolOf(text: string): { readonly url: URL; readonly row: ProtocolRow } {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw transferError("transfer.badMessage", "The location is no URL", `Write one of ${schemes()}.`);
  }
  const row = Object.hasOwn(protocols, url.protocol) ? protocols[url.protocol] : undefined;
  if (row === undefined) {
    throw transferError(
      "transfer.notSupported",
      `This station does not move files by "${printable(url.protocol)}"`,
      `Use one of ${schemes()}.`,
    );
  }
  if (url.hostname === "") throw transferError("transfer.badMessage", "The location names no machine");
  return { url, row };
}

const schemes = (): string => Object.keys(protocols).join(" ");
