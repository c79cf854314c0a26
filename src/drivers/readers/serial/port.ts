import { statSync } from "node:fs";
import type { SerialPort } from "serialport";
import type { Clock, TimerHandle } from "../../../util/clock.ts";
import { AppError, errorText } from "../../../util/errors.ts";
import type { OpenSource } from "../kept-source.ts";

/** How a port is set; 8 data bits, no parity, 1 stop bit when absent. */
export interface LineSettings {
  readonly baudRate: number;
  readonly dataBits?: 7 | 8;
  readonly parity?: "none" | "even" | "odd";
  readonly stopBits?: 1 | 2;
}

/**
 * The native package, loaded when it is first needed.
 * @throws AppError `driver.missing` that says what to install.
 */
export async function loadSerialPort(): Promise<typeof SerialPort> {
  try {
    return (await import("serialport")).SerialPort;
  } catch (cause) {
    throw new AppError("driver.missing", `The package serialport cannot be loaded: ${errorText(cause)}`, {
      hint: "Install it: npm install serialport",
      cause,
    });
  }
}

/**
 * Opens a port for this program alone. `hupcl` off keeps an Arduino from being reset when the port closes.
 * @throws AppError `device.unavailable` with what to do, or `driver.missing`.
 */
export async function openPort(path: string, line: LineSettings): Promise<SerialPort> {
  const Port = await loadSerialPort();
  return new Promise((resolve, reject) => {
    const fail = (e: unknown): void => reject(openFailure(path, e));
    try {
      const port = new Port({ path, autoOpen: false, lock: true, hupcl: false, ...line });
      port.open((e) => (e === null || e === undefined ? resolve(port) : fail(e)));
    } catch (e) {
      fail(e);
    }
  });
}

/** A port as a source of bytes; `watchMs`: how often it is looked after. */
export function portSource(path: string, line: LineSettings, clock: Clock, watchMs: number): OpenSource {
  return async (on) => {
    const port = await openPort(path, line);
    port.on("data", (chunk: Buffer) => on.data(chunk));
    port.on("error", (e) => on.gone(e));
    port.on("close", () => on.gone(unplugged(path)));
    closeWhenGone(port, clock, watchMs);
    return {
      write: (bytes) => port.write(Buffer.from(bytes)),
      pause: () => port.pause(),
      resume: () => port.resume(),
      close: () => closePort(port),
    };
  };
}

/** What is said of a device that went. */
export function unplugged(path: string): AppError {
  return new AppError("device.lost", `${path} was unplugged`, {
    hint: "Plug it in again; it is taken up as soon as it appears.",
  });
}

/** Closes a port; one that is closed already is fine. */
export function closePort(port: SerialPort): Promise<void> {
  return new Promise((resolve) => {
    if (port.isOpen) port.close(() => resolve());
    else resolve();
  });
}

/**
 * Closes a port whose device has left its path, or was replaced. serialport 13 tells of an unplugged port only when it
 * happens to wait for bytes; if it happens to read, it goes on reading nothing for ever, which takes a whole processor
 * and makes no event. Where paths are no files (Windows) nothing is watched.
 */
export function closeWhenGone(port: SerialPort, clock: Clock, everyMs: number): void {
  const device = deviceAt(port.path);
  if (device === undefined) return;
  const look = (): TimerHandle =>
    clock.setTimeout(() => {
      if (!port.isOpen) return;
      if (deviceAt(port.path) === device) timer = look();
      else void closePort(port);
    }, everyMs);
  let timer = look();
  port.once("close", () => clock.clearTimeout(timer));
}

function deviceAt(path: string): string | undefined {
  try {
    const { dev, ino, rdev } = statSync(path);
    return `${dev}:${ino}:${rdev}`;
  } catch {
    return undefined;
  }
}

const failures: readonly { sign: RegExp; why: string; hint: (path: string) => string }[] = [
  {
    sign: /no such file|file not found|ENOENT/i,
    why: "it is not there",
    hint: () => "Plug it in; it is taken up as soon as it appears.",
  },
  {
    sign: /permission denied|access denied|EACCES/i,
    why: "permission denied",
    hint: () => "Join the group that owns it (sudo usermod -aG dialout $USER), then log in again.",
  },
  {
    sign: /cannot lock|resource (temporarily unavailable|busy)|EBUSY|EAGAIN/i,
    why: "another program has it open",
    hint: (path) => `Close that program; this shows which it is: fuser -v ${path}`,
  },
  {
    sign: /inappropriate ioctl|not a typewriter|ENOTTY/i,
    why: "it is not a serial port",
    hint: () => "Name a serial port, for example /dev/ttyUSB0.",
  },
];

/** The person's version of what serialport says when a port cannot be opened. */
export function openFailure(path: string, cause: unknown): AppError {
  const text = errorText(cause);
  const known = failures.find(({ sign }) => sign.test(text));
  return new AppError("device.unavailable", `${path} cannot be opened: ${known?.why ?? text}`, {
    hint: known?.hint(path) ?? "Check the path and the cable.",
    cause,
  });
}
