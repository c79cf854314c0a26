import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findPlayer } from "../../../src/drivers/buzzers/players.ts";
import { createWavBuzzer } from "../../../src/drivers/buzzers/wav.ts";
import { loadDefinitions, type WavBuzzerDefinition } from "../../../src/drivers/definitions.ts";
import { defaultPatterns } from "../../../src/station/signals.ts";
import { SimulatedClock, systemClock } from "../../../src/util/clock.ts";
import { buzzerContract } from "../../contracts/buzzer.ts";
import { until } from "../../contracts/until.ts";
import { missingCommand } from "../../support/pty.ts";
import { rounded, tonesIn } from "./pcm.ts";

const missing = missingCommand("aplay", "sudo apt-get install alsa-utils");
const definition = (await loadDefinitions()).buzzers.get("wav") as WavBuzzerDefinition;
const HEADER = 44;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tapstation-wav-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** ALSA whose sound card writes what it plays to one file a playing. */
function alsaToFiles(): NodeJS.ProcessEnv {
  const config = join(dir, "asound.conf");
  writeFileSync(
    config,
    `pcm.!default { type plug slave.pcm captured }
pcm.captured { type file slave.pcm silent file "|cat > $(mktemp ${dir}/playing-XXXXXX)" format raw }
pcm.silent { type null }
ctl.!default { type hw card 0 }
`,
  );
  return { ...process.env, ALSA_CONFIG_PATH: `/usr/share/alsa/alsa.conf:${config}` };
}

buzzerContract(
  "wav through aplay",
  async () => ({
    buzzer: await createWavBuzzer({ definition, clock: systemClock, env: alsaToFiles() }),
    heard: () =>
      readdirSync(dir)
        .filter((file) => file.startsWith("playing-"))
        .map((file) => join(dir, file))
        .sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs)
        .flatMap((file) => tonesIn(readFileSync(file), definition.sampleRate).map(rounded)),
    expected: (tone) => tone,
  }),
  missing,
);

/** A player of our own making in a folder of its own, in place of aplay. */
function playerThat(script: string): NodeJS.ProcessEnv {
  const file = join(dir, "aplay");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return { PATH: `${dir}:/usr/bin:/bin` };
}

describe("the sound card's player", () => {
  const linux = process.platform === "linux";

  it.runIf(linux)("is given a WAV file of the pattern, which is gone after close", async () => {
    const env = playerThat(`cp "$2" ${dir}/played.wav; echo "$2" > ${dir}/path`);
    const buzzer = await createWavBuzzer({ definition, clock: systemClock, env });
    await buzzer.play(defaultPatterns.read);
    const played = readFileSync(join(dir, "played.wav")).subarray(HEADER);
    expect(tonesIn(played, definition.sampleRate).map(rounded)).toEqual(defaultPatterns.read.tones);
    await buzzer.close();
    expect(existsSync(readFileSync(join(dir, "path"), "utf8").trim())).toBe(false);
  });

  it.runIf(linux)("that fails makes an error with its own words", async () => {
    const env = playerThat('echo "aplay: main:831: audio open error: No such file or directory" >&2; exit 1');
    const buzzer = await createWavBuzzer({ definition, clock: systemClock, env });
    await expect(buzzer.play(defaultPatterns.read)).rejects.toMatchObject({
      code: "device.unavailable",
      message: expect.stringContaining("audio open error"),
      hint: expect.stringContaining("--buzzer bell"),
    });
    await buzzer.close();
  });

  it.runIf(linux)("that never ends is ended", async () => {
    const clock = new SimulatedClock();
    const env = playerThat(`touch ${dir}/started; exec sleep 600`);
    const buzzer = await createWavBuzzer({ definition, clock, env });
    const outcome = buzzer.play(defaultPatterns.read).catch((e: unknown) => e);
    await until(
      () => "the player's start",
      () => existsSync(join(dir, "started")),
    );
    await clock.advance(10_000);
    expect(await outcome).toMatchObject({
      code: "device.unavailable",
      message: expect.stringContaining("did not end"),
    });
    await buzzer.close();
  });

  it.runIf(linux)("is stopped at close, and what waited is not played", async () => {
    const env = playerThat(`echo x >> ${dir}/started; exec sleep 600`);
    const buzzer = await createWavBuzzer({ definition, clock: systemClock, env });
    const plays = [buzzer.play(defaultPatterns.read), buzzer.play(defaultPatterns.rejected)];
    await until(
      () => "the player's start",
      () => existsSync(join(dir, "started")),
    );
    await buzzer.close();
    await Promise.all(plays);
    expect(readFileSync(join(dir, "started"), "utf8")).toBe("x\n");
  });

  it.runIf(linux)("is not flooded: what would sound much too late is refused", async () => {
    const env = playerThat("exec sleep 600");
    const buzzer = await createWavBuzzer({ definition, clock: systemClock, env });
    const plays = Array.from({ length: 8 }, () => buzzer.play(defaultPatterns.read));
    await expect(buzzer.play(defaultPatterns.read)).rejects.toMatchObject({ code: "device.unavailable" });
    await buzzer.close();
    await Promise.all(plays);
  });

  it.each([
    ["linux", "alsa-utils"],
    ["freebsd", "pulseaudio-utils"],
    ["aix", "--buzzer bell"],
  ] as const)("that is missing on %s is named with the command that installs it", async (platform, hint) => {
    await expect(findPlayer({ PATH: dir }, platform)).rejects.toMatchObject({
      code: "driver.missing",
      hint: expect.stringContaining(hint),
    });
  });

  it("is the first that is installed", async () => {
    for (const name of ["paplay", "afplay", "powershell.exe"]) {
      writeFileSync(join(dir, name), "");
      chmodSync(join(dir, name), 0o755);
    }
    const commands = ["linux", "darwin", "win32"] as const;
    const found = await Promise.all(commands.map((platform) => findPlayer({ PATH: dir }, platform)));
    expect(found.map(({ command }) => command)).toEqual(["paplay", "afplay", "powershell.exe"]);
    expect(found[2]?.args("C:\\it's here.wav").at(-1)).toContain("'C:\\it''s here.wav'");
  });
});
