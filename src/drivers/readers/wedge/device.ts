import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { AppError, errorText } from "../../../util/errors.ts";
import type { OpenSource, SourceListener } from "../kept-source.ts";
import { unplugged } from "../serial/port.ts";

/**
 * Node has no ioctl, so another program takes the device for itself (EVIOCGRAB) and hands its records on. It ends when
 * its standard input does: with this process, whatever becomes of it.
 */
const perl = `
  sysopen(my $d, $ARGV[0], 0) or die "open: $!\\n";
  ioctl($d, 0x40044590, 1) or die "grab: $!\\n";
  syswrite(STDERR, "grabbed\\n");
  my $r = ""; vec($r, 0, 1) = 1; vec($r, fileno($d), 1) = 1;
  while (select(my $o = $r, undef, undef, undef) > 0) {
    exit 0 if vec($o, 0, 1);
    my $n = sysread($d, my $b, 4096);
    die "read: $!\\n" if !defined $n;
    exit 0 if $n == 0;
    syswrite(STDOUT, $b);
  }`;

const python = `
import fcntl, os, select, sys
try:
    d = os.open(sys.argv[1], os.O_RDONLY)
    fcntl.ioctl(d, 0x40044590, 1)
    os.write(2, b"grabbed\\n")
    while True:
        ready = select.select([0, d], [], [])[0]
        if 0 in ready: break
        os.write(1, os.read(d, 4096))
except OSError as e:
    sys.exit("grab: " + os.strerror(e.errno))`;

interface Grabber {
  readonly command: string;
  readonly args: (path: string) => readonly string[];
  /** Says on standard error when it has the device for itself. */
  readonly grabs: boolean;
}

/** In the order in which they are tried; the last one only reads. */
const grabbers: readonly Grabber[] = [
  { command: "perl", args: (path) => ["-e", perl, "--", path], grabs: true },
  { command: "python3", args: (path) => ["-c", python, path], grabs: true },
  { command: "cat", args: (path) => ["--", path], grabs: false },
];

/** Why keys cannot be taken away from the other programs, and what mends it. */
export const NOT_GRABBED =
  "not for us alone: what it types goes to other windows too (sudo apt-get install perl-base)";

export interface InputDeviceOptions {
  readonly path: string;
  /** Instead of the system's; tests leave some out. */
  readonly commands?: readonly string[];
  /** Hears, before the source is there, whether nobody else gets the keys. */
  readonly grabbed: (alone: boolean) => void;
}

/** Opens an input device; what is no device (a pipe with records) is read as it is. */
export function inputSource(o: InputDeviceOptions): OpenSource {
  return async (on) => {
    mustBeReadable(o.path);
    const isDevice = statSync(o.path).isCharacterDevice();
    const usable = grabbers.filter(
      ({ command, grabs }) => (isDevice || !grabs) && (o.commands?.includes(command) ?? true),
    );
    for (const grabber of usable) {
      const reading = await start(grabber, o.path, on);
      if (reading === undefined) continue;
      o.grabbed(grabber.grabs);
      return reading;
    }
    throw new AppError("driver.missing", `${o.path} cannot be read: there is neither perl, python3 nor cat`, {
      hint: "Install one: sudo apt-get install perl-base",
    });
  };
}

/** Resolves when the program has the device; undefined when there is no such program. */
function start(grabber: Grabber, path: string, on: SourceListener) {
  const child = spawn(grabber.command, grabber.args(path), { stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const source = {
    write: () => {},
    pause: () => child.stdout.pause(),
    resume: () => child.stdout.resume(),
    close: () => {
      child.kill("SIGKILL");
      return ended;
    },
  };
  return new Promise<typeof source | undefined>((resolve, reject) => {
    let said = "";
    let open = false;
    const opened = (): void => {
      open = true;
      child.stdout.on("data", (chunk: Buffer) => on.data(chunk));
      resolve(source);
    };
    child.stdin.on("error", () => {});
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-500);
      if (!open && said.startsWith("grabbed\n")) opened();
    });
    child.once("error", (e: NodeJS.ErrnoException) => (e.code === "ENOENT" ? resolve(undefined) : reject(e)));
    child.once("close", () => {
      if (open) on.gone(unplugged(path));
      else reject(failure(path, said));
    });
    if (!grabber.grabs) child.once("spawn", opened);
  });
}

function failure(path: string, said: string): AppError {
  const what = said.trim().split("\n")[0] ?? "";
  const taken = /busy/i.test(what);
  return new AppError(
    "device.unavailable",
    taken ? `${path}: another program has taken it for itself` : `${path} cannot be opened: ${what}`,
    { hint: taken ? `End that program; this shows which it is: sudo fuser -v ${path}` : ACCESS_HINT },
  );
}

/** Gives a person input devices, once and for all. */
export const ACCESS_HINT = "Join the group input (sudo usermod -aG input $USER), then log in again.";

/** @throws AppError `device.unavailable` that says what is in the way. */
function mustBeReadable(path: string): void {
  try {
    accessSync(path, constants.R_OK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why =
      code === "ENOENT" ? "it is not there" : code === "EACCES" ? "permission denied" : errorText(cause);
    const hint = code === "EACCES" ? ACCESS_HINT : "Plug it in; it is taken up as soon as it appears.";
    throw new AppError("device.unavailable", `${path} cannot be opened: ${why}`, { hint, cause });
  }
}
