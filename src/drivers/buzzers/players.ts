import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { AppError } from "../../util/errors.ts";

/** A program that plays a WAV file and ends when it is played. */
export interface Player {
  readonly command: string;
  readonly args: (file: string) => readonly string[];
}

interface Candidate extends Player {
  readonly platforms: readonly NodeJS.Platform[];
  readonly install: string;
}

const candidates: readonly Candidate[] = [
  {
    command: "aplay",
    args: (file) => ["-q", file],
    platforms: ["linux"],
    install: "sudo apt-get install alsa-utils",
  },
  {
    command: "paplay",
    args: (file) => [file],
    platforms: ["linux", "freebsd"],
    install: "sudo apt-get install pulseaudio-utils",
  },
  { command: "afplay", args: (file) => [file], platforms: ["darwin"], install: "it belongs to macOS" },
  {
    command: "powershell.exe",
    args: (file) => [
      "-NoProfile",
      "-Command",
      `(New-Object Media.SoundPlayer '${file.replaceAll("'", "''")}').PlaySync()`,
    ],
    platforms: ["win32"],
    install: "it belongs to Windows",
  },
];

/**
 * The first player of this platform that is installed.
 * @throws AppError `driver.missing` with the command that installs one.
 */
export async function findPlayer(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): Promise<Player> {
  const usable = candidates.filter((candidate) => candidate.platforms.includes(platform));
  for (const candidate of usable) {
    if (await isInstalled(candidate.command, env)) return candidate;
  }
  const names = usable.map(({ command }) => command).join(", ") || "known for this system";
  throw new AppError("driver.missing", `No program to play sounds: none of ${names} was found`, {
    hint:
      usable[0] === undefined
        ? "Use --buzzer bell."
        : `Install one: ${usable[0].install}. Or use --buzzer bell.`,
  });
}

async function isInstalled(command: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  for (const dir of (env.PATH ?? env.Path ?? "").split(delimiter)) {
    if (dir === "") continue;
    const found = await access(join(dir, command), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
