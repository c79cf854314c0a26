import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Definitions, PortReaderDefinition } from "../../definitions.ts";
import { loadSerialPort } from "./port.ts";

/** A serial port as the system tells of it. USB ids in upper case. */
export interface PortFacts {
  readonly path: string;
  readonly vendorId?: string | undefined;
  readonly productId?: string | undefined;
  readonly manufacturer?: string | undefined;
  /** Its name under /dev/serial/by-id, where there is one. */
  readonly pnpId?: string | undefined;
}

/** A definition that fits a port: how well, and by what. */
export interface Match {
  readonly definition: PortReaderDefinition;
  readonly score: number;
  readonly why: string;
}

type Fingerprint = NonNullable<PortReaderDefinition["match"]>[number];

/** How much each agreement says. A maker's whole USB id says more than a name. */
const weights: Readonly<Record<keyof Fingerprint, number>> = {
  vendorId: 50,
  productId: 40,
  manufacturer: 50,
  path: 60,
};

const fits: {
  readonly [K in keyof Fingerprint]-?: (wanted: string, port: PortFacts) => string | undefined;
} = {
  vendorId: (wanted, port) => (port.vendorId === wanted ? `USB vendor ${wanted}` : undefined),
  productId: (wanted, port) => (port.productId === wanted ? `USB product ${wanted}` : undefined),
  manufacturer: (wanted, port) =>
    port.manufacturer?.toLowerCase().includes(wanted.toLowerCase()) === true
      ? `manufacturer "${port.manufacturer}"`
      : undefined,
  path: (wanted, port) => {
    const found = [port.path, port.pnpId].find((name) => name !== undefined && globMatches(wanted, name));
    return found === undefined ? undefined : `${found} fits "${wanted}"`;
  },
};

/** The definition that fits a port best, if one does. */
export function matchPort(port: PortFacts, definitions: Definitions): Match | undefined {
  let best: Match | undefined;
  for (const definition of definitions.readers.values()) {
    if (definition.driver === "pcsc") continue;
    for (const fingerprint of definition.match ?? []) {
      const match = compare(fingerprint, port, definition);
      if (match !== undefined && match.score > (best?.score ?? 0)) best = match;
    }
  }
  return best;
}

function compare(
  fingerprint: Fingerprint,
  port: PortFacts,
  definition: PortReaderDefinition,
): Match | undefined {
  const whys: string[] = [];
  let score = 0;
  for (const [key, wanted] of Object.entries(fingerprint) as [keyof Fingerprint, string][]) {
    const why = fits[key](wanted, port);
    if (why === undefined) return undefined;
    whys.push(why);
    score += weights[key];
  }
  return { definition, score: Math.min(score, 100), why: whys.join(", ") };
}

/** `serialport`'s list of ports; where that fails (slim images lack udevadm), what udev's links tell. */
export async function listPorts(byId = "/dev/serial/by-id"): Promise<readonly PortFacts[]> {
  try {
    const SerialPort = await loadSerialPort();
    return (await SerialPort.list()).map((port) => ({
      ...port,
      vendorId: port.vendorId?.toUpperCase(),
      productId: port.productId?.toUpperCase(),
    }));
  } catch {
    return listLinks(byId);
  }
}

/** The ports that udev made links for, by the links' names. */
export async function listLinks(byId: string): Promise<readonly PortFacts[]> {
  const names = await readdir(byId).catch(() => []);
  return Promise.all(
    names.sort().map(async (pnpId) => {
      const link = join(byId, pnpId);
      return { path: await realpath(link).catch(() => link), pnpId };
    }),
  );
}

/** The ports that exist, each with the definition that fits it. */
export async function detectPorts(
  definitions: Definitions,
  list: () => Promise<readonly PortFacts[]> = listPorts,
): Promise<readonly { readonly port: PortFacts; readonly match: Match | undefined }[]> {
  const ports = await list().catch(() => []);
  return ports.map((port) => ({ port, match: matchPort(port, definitions) }));
}

/** `*` stands for anything; upper and lower case are the same. Linear in the text for each star. */
function globMatches(glob: string, text: string): boolean {
  const parts = glob.toLowerCase().split("*");
  const lower = text.toLowerCase();
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return lower === first;
  if (!lower.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = lower.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return lower.length - last.length >= at && lower.endsWith(last);
}
