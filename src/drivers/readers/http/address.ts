/** Where an HTTP reader listens. */
export interface HttpAddress {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** A file that holds the secret that requests must bring. */
  readonly tokenFile?: string;
}

const LOOPBACK = "127.0.0.1";

/** Reads `8090`, `192.168.1.5:8090`, `[::1]:8090`, each with `?token-file=PATH` or without; undefined: it is none. */
export function parseHttpAddress(text: string): HttpAddress | undefined {
  const found = /^(?:(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+)):)?(\d{1,5})(?:\?token-file=(.+))?$/i.exec(text);
  if (found === null) return undefined;
  const [, v6, name, digits, tokenFile] = found;
  const port = Number(digits);
  if (port > 65535 || String(port) !== digits) return undefined;
  return { host: v6 ?? name ?? LOOPBACK, port, ...(tokenFile === undefined ? {} : { tokenFile }) };
}

/** The text that {@link parseHttpAddress} reads. */
export function formatHttpAddress({ host, port, tokenFile }: HttpAddress): string {
  const where = host === LOOPBACK ? "" : `${host.includes(":") ? `[${host}]` : host}:`;
  return `${where}${port}${tokenFile === undefined ? "" : `?token-file=${tokenFile}`}`;
}

/** Can only this machine reach it? */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}
