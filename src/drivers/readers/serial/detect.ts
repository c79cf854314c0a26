import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { type Definitions, isPortReader, type PortReaderDefinition } from "../../definitions.ts";
import { type Match, matches, type Trait, usbId } from "../fingerprint.ts";
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

type Fingerprint = NonNullable<PortReaderDefinition["match"]>[number];

/** A maker's whole USB id says more than a name. */
const traits: { readonly [K in keyof Fingerprint]-?: Trait<PortFacts> } = {
  vendorId: usbId("vendorId", "vendor", 50),
  productId: usbId("productId", "product", 40),
  manufacturer: {
    weight: 50,
    fits: (wanted, port) =>
      port.manufacturer?.toLowerCase().includes(wanted.toLowerCase()) === true
        ? `manufacturer "${port.manufacturer}"`
        : undefined,
  },
  path: {
    weight: 60,
    fits: (wanted, port) => {
      const found = [port.path, port.pnpId].find((name) => name !== undefined && globMatches(wanted, name));
      return found === undefined ? undefined : `${found} fits "${wanted}"`;
    },
  },
};

/** The definitions that fit a port, the best first. */
export function portMatches(port: PortFacts, definitions: Definitions): Match<PortReaderDefinition>[] {
  const ofPorts = [...definitions.readers.values()].filter(isPortReader);
  return matches(ofPorts, port, traits);
}

/** The definition that fits a port best, if one does. */
export function matchPort(
  port: PortFacts,
  definitions: Definitions,
): Match<PortReaderDefinition> | undefined {
  return portMatches(port, definitions)[0];
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
): Promise<readonly { readonly port: PortFacts; readonly match: Match<PortReaderDefinition> | undefined }[]> {
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
