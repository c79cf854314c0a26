import {
  type Definitions,
  definitionOf,
  type PcscReaderDefinition,
  pcscDefinitionOf,
} from "../../definitions.ts";
import { beepNote } from "../pcsc/beeps.ts";
import { hints } from "../pcsc/hints.ts";
import type { ProbedPcsc } from "../pcsc.ts";
import type { Finding, Problem, Rung } from "./finding.ts";
import { isSmartCardReader, type UsbDevice, usbName } from "./usb.ts";

/** Kernel drivers that take readers away from pcscd. */
const NFC_MODULES: ReadonlySet<string> = new Set(["pn533_usb", "pn533"]);

/** The readers that the PC/SC service has, and those on the USB bus that it has not. */
export function pcscFindings(
  probe: ProbedPcsc,
  devices: readonly UsbDevice[],
  definitions: Definitions,
  escapes: boolean,
): readonly Finding[] {
  const waiting = devices.filter((one) => isSmartCardReader(one) || byUsb(one, definitions) !== undefined);
  const known = probe.readers.map((name) => {
    const definition = pcscDefinitionOf(definitions, name);
    const i = waiting.findIndex((one) => belongs(one, name, definition, definitions));
    const [device] = i < 0 ? [] : waiting.splice(i, 1);
    return served(name, definition, device, definitions, escapes);
  });
  return [...known, ...waiting.map((device) => unserved(device, probe, definitions))];
}

function byUsb(device: UsbDevice, definitions: Definitions): PcscReaderDefinition | undefined {
  for (const definition of definitions.readers.values()) {
    if (definition.driver !== "pcsc") continue;
    const fits = definition.usb?.some(
      (id) => id.vendorId === device.vendorId && id.productId === device.productId,
    );
    if (fits === true) return definition;
  }
  return undefined;
}

/** Is this USB device the reader of this PC/SC name? */
function belongs(
  device: UsbDevice,
  name: string,
  definition: PcscReaderDefinition | undefined,
  definitions: Definitions,
): boolean {
  const own = byUsb(device, definitions);
  if (own !== undefined || definition?.usb !== undefined) return own === definition;
  return device.product !== undefined && name.toLowerCase().includes(device.product.toLowerCase());
}

function served(
  reader: string,
  definition: PcscReaderDefinition | undefined,
  device: UsbDevice | undefined,
  definitions: Definitions,
  escapes: boolean,
): Finding {
  const rung = definition === undefined ? [] : [nameRung(reader, definition)];
  return {
    kind: "pcsc",
    name: definition?.name ?? reader,
    where: reader,
    state: "ready",
    matches: rung,
    use: `--reader "pcsc:${reader}"`,
    notes: [
      ...(device === undefined ? [] : [`USB ${device.vendorId}:${device.productId} at ${device.at}`]),
      ...(definition === undefined
        ? ["no definition fits its name: it reads cards, its buzzer is not known"]
        : []),
      ...(definition === undefined ? [] : [beepNote(definition, definitions)]),
    ],
    problems: definition === undefined || escapes ? [] : refused(definition, definitions),
  };
}

/** Commands that are no pseudo APDUs (class FF) reach a reader as escapes only. */
function refused({ buzzer, indicator }: PcscReaderDefinition, definitions: Definitions): Problem[] {
  const own = buzzer === undefined ? undefined : definitionOf(definitions, "buzzers", buzzer);
  const lights = indicator === undefined ? undefined : definitionOf(definitions, "indicators", indicator);
  const commands = [
    own?.driver === "reader" ? own.commands.tone : undefined,
    lights?.driver === "reader" ? lights.lights.off : undefined,
  ];
  if (!commands.some((command) => command !== undefined && !command.startsWith("FF"))) return [];
  return [
    {
      what: "cards are read, but libccid refuses commands to its buzzer and lights",
      mend: `sudo sed -i '/ifdDriverOptions/{n;s/0x0000/0x0001/}' ${CCID_OPTIONS}`,
      next: "sudo systemctl restart pcscd",
    },
  ];
}

/** libccid's options, for all readers. */
export const CCID_OPTIONS = "/etc/libccid_Info.plist";

/** Does libccid hand escape commands on (bit 0 of ifdDriverOptions)? Yes where it says nothing. */
export function escapesAllowed(options: string | undefined): boolean {
  const value = /<key>ifdDriverOptions<\/key>\s*<string>0x([0-9a-f]+)<\/string>/i.exec(options ?? "")?.[1];
  return value === undefined || (Number.parseInt(value, 16) & 1) === 1;
}

function nameRung(reader: string, { id, name, match }: PcscReaderDefinition): Rung {
  const lower = reader.toLowerCase();
  const said = match.map((one) => one.name).find((part) => lower.includes(part.toLowerCase())) ?? "";
  return { definition: id, name, score: 100, why: `its name has "${said.trim()}"` };
}

function unserved(device: UsbDevice, probe: ProbedPcsc, definitions: Definitions): Finding {
  const definition = byUsb(device, definitions);
  const why = `USB ${device.vendorId}:${device.productId}`;
  return {
    kind: "pcsc",
    name: definition?.name ?? usbName(device),
    where: `USB ${device.at}`,
    state: "blocked",
    matches:
      definition === undefined ? [] : [{ definition: definition.id, name: definition.name, score: 90, why }],
    notes: definition === undefined ? [why] : [],
    problems: [inTheWay(device, probe)],
  };
}

function inTheWay(device: UsbDevice, probe: ProbedPcsc): Problem {
  const module = device.interfaces.find(
    ({ driver }) => driver !== undefined && NFC_MODULES.has(driver),
  )?.driver;
  if (module !== undefined) {
    return {
      what: `the kernel module ${module} holds it`,
      mend: "sudo modprobe -r pn533_usb pn533 nfc",
      next: "echo blacklist pn533_usb | sudo tee /etc/modprobe.d/tapstation.conf",
    };
  }
  if (!probe.package) return { what: "the package nfc-pcsc is not there", mend: hints.package };
  if (!probe.daemon) return { what: probe.problem ?? "the PC/SC service does not run", mend: hints.daemon };
  return {
    what: "the PC/SC service does not see it",
    mend: "sudo apt-get install libccid && sudo systemctl restart pcscd",
  };
}
