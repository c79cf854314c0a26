import type { SerialPort } from "serialport";
import type { Clock, Indicator } from "../../station/ports.ts";
import type { SerialIndicatorDefinition } from "../definitions.ts";
import { closePort, closeWhenGone, loadSerialPort, openPort } from "../readers/serial/port.ts";
import { Lamp, type Light } from "./lamp.ts";

export interface SerialIndicatorOptions {
  readonly path: string;
  readonly definition: SerialIndicatorDefinition;
  readonly clock: Clock;
  /** Instead of the definition's. */
  readonly baudRate?: number;
}

/** How often the port is looked after. */
const WATCH_MS = 1000;

/**
 * A light on a serial port: one line a colour. A port that is not there is tried again at the next signal.
 * @throws AppError `driver.missing` when the package serialport cannot be loaded.
 */
export async function createSerialIndicator(o: SerialIndicatorOptions): Promise<Indicator> {
  await loadSerialPort();
  let opening: Promise<SerialPort> | undefined;
  const open = async (): Promise<SerialPort> => {
    const port = await openPort(o.path, { baudRate: o.baudRate ?? o.definition.baudRate });
    port.on("error", () => void closePort(port));
    closeWhenGone(port, o.clock, WATCH_MS);
    return port;
  };
  const connect = (): Promise<SerialPort> => {
    opening = (opening ?? open()).then((port) => (port.isOpen ? port : open()));
    opening.catch(() => {
      opening = undefined;
    });
    return opening;
  };
  return new Lamp({
    name: `serial:${o.path}`,
    clock: o.clock,
    set: async (light: Light) => {
      const port = await connect();
      port.write(`${o.definition.command.replaceAll("{light}", light)}\n`);
    },
    close: async () => {
      const port = await opening?.catch(() => undefined);
      if (port === undefined) return;
      // The light goes off before the port closes.
      if (port.isOpen) await new Promise<void>((resolve) => port.drain(() => resolve()));
      await closePort(port);
    },
  });
}
