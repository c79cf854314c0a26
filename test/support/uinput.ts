import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { ENTER } from "./keyboard.ts";

/** Why there can be no keyboard made of software here: no package helps when the kernel has none. */
export function uinputMissing(): string | undefined {
  try {
    accessSync("/dev/uinput", constants.W_OK);
    return undefined;
  } catch {
    return "the kernel has no /dev/uinput for us: sudo modprobe uinput && sudo chmod a+rw /dev/uinput";
  }
}

const program = `
import fcntl, os, struct, sys, time
fd = os.open("/dev/uinput", os.O_WRONLY)
fcntl.ioctl(fd, 0x40045564, 1)
for code in range(1, 128): fcntl.ioctl(fd, 0x40045565, code)
fcntl.ioctl(fd, 0x405c5503, struct.pack("HHHH80sI", 3, 0xffff, 0x0035, 1, b"tapstation test reader", 0))
fcntl.ioctl(fd, 0x5501)
name = bytearray(64)
fcntl.ioctl(fd, 0x8040552c, name)
folder = "/sys/devices/virtual/input/" + name.split(b"\\0")[0].decode()
event = [n for n in os.listdir(folder) if n.startswith("event")][0]
path = "/dev/input/" + event
while not os.access(path, os.R_OK): time.sleep(0.01)
print(path, flush=True)
def send(type, code, value): os.write(fd, struct.pack("llHHi", 0, 0, type, code, value))
for line in sys.stdin:
    for code in map(int, line.split()):
        for value in (1, 0):
            send(1, code, value)
            send(0, 0, 0)
`;

/** A keyboard made of software: the kernel's own input device, with keys that are pressed by code. */
export class SoftKeyboard {
  readonly path: string;
  readonly #child: ChildProcessWithoutNullStreams;

  private constructor(child: ChildProcessWithoutNullStreams, path: string) {
    this.#child = child;
    this.path = path;
  }

  static plugged(): Promise<SoftKeyboard> {
    const child = spawn("python3", ["-c", program]);
    return new Promise((resolve, reject) => {
      child.stdout.once("data", (text: Buffer) => resolve(new SoftKeyboard(child, text.toString().trim())));
      child.stderr.once("data", (text: Buffer) => reject(new Error(text.toString())));
    });
  }

  /** Presses the keys of these digits, and Enter. */
  type(digits: string): void {
    const codes = [...digits].map((d) => (d === "0" ? 11 : Number(d) + 1));
    this.#child.stdin.write(`${[...codes, ENTER].join(" ")}\n`);
  }

  unplug(): Promise<void> {
    return new Promise((resolve) => {
      this.#child.once("close", () => resolve());
      this.#child.kill();
    });
  }
}
