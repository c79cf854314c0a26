import type { Machine } from "./machine.ts";

/** A USB device as sysfs tells of it. Ids in upper case. */
export interface UsbDevice {
  /** `1-2`, the place on the bus. */
  readonly at: string;
  readonly vendorId: string;
  readonly productId: string;
  readonly manufacturer?: string;
  readonly product?: string;
  /** Of its interfaces: class as hex, and the kernel driver that has it. */
  readonly interfaces: readonly { readonly class: string; readonly driver?: string }[];
}

const DEVICES = "/sys/bus/usb/devices";
/** bInterfaceClass of smart card readers (CCID). */
const SMART_CARD = "0b";

/** The USB devices of a Linux machine. */
export async function usbDevices(machine: Machine): Promise<readonly UsbDevice[]> {
  const names = await machine.names(DEVICES);
  const found = await Promise.all(
    names.filter((n) => !n.includes(":")).map((n) => deviceAt(machine, n, names)),
  );
  return found.filter((one) => one !== undefined);
}

async function deviceAt(
  machine: Machine,
  at: string,
  names: readonly string[],
): Promise<UsbDevice | undefined> {
  const of = (file: string) => machine.text(`${DEVICES}/${at}/${file}`);
  const [vendorId, productId] = [await of("idVendor"), await of("idProduct")];
  if (vendorId === undefined || productId === undefined) return undefined;
  const [manufacturer, product] = [await of("manufacturer"), await of("product")];
  const interfaces = names
    .filter((name) => name.startsWith(`${at}:`))
    .map(async (name) => {
      const driver = await machine.linkName(`${DEVICES}/${name}/driver`);
      const text = (await machine.text(`${DEVICES}/${name}/bInterfaceClass`)) ?? "";
      return { class: text.toLowerCase(), ...(driver === undefined ? {} : { driver }) };
    });
  return {
    at,
    vendorId: vendorId.toUpperCase(),
    productId: productId.toUpperCase(),
    ...(manufacturer === undefined ? {} : { manufacturer }),
    ...(product === undefined ? {} : { product }),
    interfaces: await Promise.all(interfaces),
  };
}

/** Does it speak CCID, as readers do that pcscd drives? */
export function isSmartCardReader(device: UsbDevice): boolean {
  return device.interfaces.some((one) => one.class === SMART_CARD);
}

/** What it calls itself, with its ids. */
export function usbName({ manufacturer, product, vendorId, productId }: UsbDevice): string {
  const name = [manufacturer, product].filter((part) => part !== undefined && part !== "").join(" ");
  return name === "" ? `USB device ${vendorId}:${productId}` : name;
}
