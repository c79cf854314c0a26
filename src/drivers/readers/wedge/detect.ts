import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { Definitions, KeyboardReaderDefinition } from "../../definitions.ts";
import { type Match, matches, type Trait, usbId } from "../fingerprint.ts";

/** A keyboard as Linux tells of it. USB ids in upper case. */
export interface KeyboardFacts {
  /** The link under /dev/input/by-id where there is one: it stays the same when devices come and go. */
  readonly path: string;
  /** /dev/input/event5 */
  readonly device: string;
  readonly name: string;
  readonly vendorId: string;
  readonly productId: string;
}

type Fingerprint = NonNullable<KeyboardReaderDefinition["match"]>[number];

const traits: { readonly [K in keyof Fingerprint]-?: Trait<KeyboardFacts> } = {
  vendorId: usbId("vendorId", "vendor", 50),
  productId: usbId("productId", "product", 40),
  name: {
    weight: 50,
    fits: (wanted, { name }) =>
      name.toLowerCase().includes(wanted.toLowerCase()) ? `name "${name}"` : undefined,
  },
};

/** The definitions that fit a keyboard, the best first. */
export function keyboardMatches(
  keyboard: KeyboardFacts,
  definitions: Definitions,
): Match<KeyboardReaderDefinition>[] {
  const ofKeyboards = [...definitions.readers.values()].filter((d) => d.driver === "keyboard");
  return matches(ofKeyboards, keyboard, traits);
}

/** EV_KEY in the bitmap of event types, and the key 1 in that of keys: a thing that types. */
const EV_KEY = 1n << 1n;
const KEY_1 = 1n << 2n;

/**
 * The keyboards of this machine, of /proc/bus/input/devices; none where there is no such file. `root`: instead of /.
 */
export async function listKeyboards(root = "/"): Promise<readonly KeyboardFacts[]> {
  const text = await readFile(join(root, "proc/bus/input/devices"), "utf8").catch(() => "");
  const links = await linksOf(join(root, "dev/input/by-id"));
  return text
    .split(/\n\s*\n/)
    .map((block) => keyboardOf(block, links))
    .filter((keyboard) => keyboard !== undefined);
}

/** One block of the file, when it is a keyboard's. */
function keyboardOf(block: string, links: ReadonlyMap<string, string>): KeyboardFacts | undefined {
  const ids = /^I: .*Vendor=([0-9a-f]{4}) Product=([0-9a-f]{4})/im.exec(block);
  const event = /^H: Handlers=.*\b(event\d+)\b/m.exec(block)?.[1];
  const name = /^N: Name="(.*)"$/m.exec(block)?.[1] ?? "";
  const types = bitmap(/^B: EV=(.+)$/m.exec(block)?.[1]);
  const keys = bitmap(/^B: KEY=(.+)$/m.exec(block)?.[1]);
  if (event === undefined || (types & EV_KEY) === 0n || (keys & KEY_1) === 0n) return undefined;
  return {
    path: links.get(event) ?? `/dev/input/${event}`,
    device: `/dev/input/${event}`,
    name,
    vendorId: (ids?.[1] ?? "").toUpperCase(),
    productId: (ids?.[2] ?? "").toUpperCase(),
  };
}

/** The lowest word of a bitmap: the kernel writes the highest first. */
function bitmap(text: string | undefined): bigint {
  const last = text?.trim().split(/\s+/).at(-1);
  return last !== undefined && /^[0-9a-f]+$/i.test(last) ? BigInt(`0x${last}`) : 0n;
}

/** Names under by-id that are a keyboard's, by the device that they lead to. */
async function linksOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith("-event-kbd")).sort();
  const found = new Map<string, string>();
  for (const name of names) {
    const event = (await readlink(join(folder, name)).catch(() => "")).split("/").at(-1);
    if (event) found.set(event, `/dev/input/by-id/${name}`);
  }
  return found;
}
