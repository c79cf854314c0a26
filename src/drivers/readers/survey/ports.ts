import type { Definitions } from "../../definitions.ts";
import type { Match } from "../fingerprint.ts";
import { type PortFacts, portMatches } from "../serial/detect.ts";
import { type KeyboardFacts, keyboardMatches } from "../wedge/detect.ts";
import type { Finding, Problem, Rung } from "./finding.ts";
import type { Access, Machine } from "./machine.ts";
import type { UsbDevice } from "./usb.ts";

/** From this score on a match says that the device is that reader. */
const SURE = 50;

/** Serial ports that readers are plugged into; a machine's own ttyS ports are mostly nothing. */
const PORT = /^tty(USB|ACM|AMA)\d+$/;

/** The serial ports of a Linux machine with what sysfs and udev say of them. */
export async function linuxPorts(machine: Machine): Promise<readonly PortFacts[]> {
  const names = (await machine.names("/dev")).filter((name) => PORT.test(name));
  const links = new Map<string, string>();
  for (const pnpId of await machine.names("/dev/serial/by-id")) {
    const target = await machine.linkName(`/dev/serial/by-id/${pnpId}`);
    if (target !== undefined) links.set(target, pnpId);
  }
  return Promise.all(
    names.map(async (name) => {
      const usb = await usbParent(machine, `/sys/class/tty/${name}/device`);
      return { path: `/dev/${name}`, ...usb, pnpId: links.get(name) };
    }),
  );
}

/** The USB device that a tty belongs to: the nearest folder above it that has ids. */
async function usbParent(machine: Machine, link: string): Promise<Omit<PortFacts, "path">> {
  let folder = await machine.real(link);
  for (let up = 0; folder !== undefined && folder !== "/" && up < 4; up++) {
    const vendorId = (await machine.text(`${folder}/idVendor`))?.toUpperCase();
    if (vendorId !== undefined) {
      return {
        vendorId,
        productId: (await machine.text(`${folder}/idProduct`))?.toUpperCase(),
        manufacturer: await machine.text(`${folder}/manufacturer`),
      };
    }
    folder = folder.slice(0, folder.lastIndexOf("/")) || "/";
  }
  return {};
}

export async function portFinding(
  port: PortFacts,
  machine: Machine,
  definitions: Definitions,
): Promise<Finding> {
  const matches = portMatches(port, definitions).map(rungOf);
  const problems = denied(await machine.access(port.path), port.path, "dialout");
  const [best] = matches;
  const sure = best !== undefined && best.score >= SURE;
  const ids = port.vendorId === undefined ? [] : [`USB ${port.vendorId}:${port.productId ?? ""}`];
  return {
    kind: "serial",
    name: sure ? best.name : (port.manufacturer ?? "unknown device"),
    where: port.path,
    state: problems.length > 0 ? "blocked" : sure ? "ready" : "undecided",
    matches,
    use: sure ? `--reader serial:${port.path}` : `--reader serial:${port.path}?definition=ID`,
    notes: [
      ...[...ids, ...(port.pnpId === undefined ? [] : [port.pnpId])],
      ...(sure
        ? []
        : [`nothing says which reader is on it; find out with: tapstation readers learn ${port.path}`]),
    ],
    problems,
  };
}

export async function keyboardFinding(
  keyboard: KeyboardFacts,
  machine: Machine,
  definitions: Definitions,
): Promise<Finding | undefined> {
  const matches = keyboardMatches(keyboard, definitions).map(rungOf);
  const [best] = matches;
  if (best === undefined && !/rfid|nfc|card|reader/i.test(keyboard.name)) return undefined;
  const problems = denied(await machine.access(keyboard.device), keyboard.device, "input");
  return {
    kind: "keyboard",
    name: best?.name ?? "keyboard",
    where: keyboard.path,
    state: problems.length > 0 ? "blocked" : best === undefined ? "undecided" : "ready",
    matches,
    use: `--reader wedge:${keyboard.path}${best === undefined ? "?definition=wedge-decimal" : ""}`,
    notes: [
      `USB ${keyboard.vendorId}:${keyboard.productId}, "${keyboard.name}"`,
      ...(best === undefined ? ["it calls itself a reader; try wedge-decimal, wedge-hex or wedge-3-5"] : []),
    ],
    problems,
  };
}

function rungOf({ definition, score, why }: Match<{ readonly id: string; readonly name: string }>): Rung {
  return { definition: definition.id, name: definition.name, score, why };
}

/** What keeps the user from a device, with the command that mends it. `usual`: the group where none can be told. */
function denied(access: Access, path: string, usual: string): Problem[] {
  if (access.state === "ok") return [];
  if (access.state !== "denied") {
    return [
      { what: `${path} is not there`, mend: "Plug it out and in; what the kernel says: sudo dmesg | tail" },
    ];
  }
  const { group = usual, member } = access;
  // Where root owns it alone, joining root's group is no advice.
  const joinable = group === "root" ? usual : group;
  if (member === true) {
    return [
      {
        what: `permission denied: you joined the group ${group} after you logged in`,
        mend: `Log in again, or: newgrp ${group}`,
      },
    ];
  }
  return [
    {
      what: `permission denied: it belongs to the group ${group}`,
      mend: `sudo usermod -aG ${joinable} $USER, then log in again`,
    },
  ];
}

/** USB-serial chips, by vendor and product, with their kernel module. */
const chips: Readonly<Record<string, string>> = {
  "1A86:7523": "ch341",
  "1A86:55D4": "cdc_acm",
  "0403:6001": "ftdi_sio",
  "0403:6015": "ftdi_sio",
  "10C4:EA60": "cp210x",
  "067B:2303": "pl2303",
};

/** USB-serial adapters that have made no port. */
export async function portless(
  devices: readonly UsbDevice[],
  ports: readonly PortFacts[],
  machine: Machine,
): Promise<readonly Finding[]> {
  const has = (d: UsbDevice): boolean =>
    ports.some((p) => p.vendorId === d.vendorId && p.productId === d.productId);
  const lost = devices.filter((d) => chips[`${d.vendorId}:${d.productId}`] !== undefined && !has(d));
  const brltty = (await machine.names("/usr/lib/udev/rules.d")).some((name) => name.includes("brltty"));
  return lost.map((device) => {
    const module = chips[`${device.vendorId}:${device.productId}`] ?? "";
    const stolen = brltty && device.vendorId === "1A86";
    return {
      kind: "serial",
      name: device.product ?? "USB serial adapter",
      where: `USB ${device.at}`,
      state: "blocked",
      matches: [],
      notes: [`USB ${device.vendorId}:${device.productId}`],
      problems: [
        stolen
          ? {
              what: "brltty takes it for a braille display",
              mend: "sudo apt-get remove brltty, then plug it out and in",
            }
          : {
              what: `it has no port: the kernel module ${module} is not there`,
              mend: `sudo modprobe ${module}`,
            },
      ],
    };
  });
}
