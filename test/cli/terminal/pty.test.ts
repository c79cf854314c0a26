import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";

const main = fileURLToPath(new URL("../../../dist/main.js", import.meta.url));
const hasScript = spawnSync("script", ["--version"]).error === undefined;
const required = process.env.TAPSTATION_REQUIRE_ALL === "1";
const why = hasScript ? "" : " (skipped: script(1) is missing: sudo apt-get install bsdutils)";

describe(`a real terminal${why}`, () => {
  const children: ReturnType<typeof spawn>[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });

  it.skipIf(!hasScript && !required)(
    "takes keys, tells the story, and is given back as it was found",
    async () => {
      const data = mkdtempSync(path.join(tmpdir(), "tapstation-pty-"));
      const command = `stty cols 80 rows 24; "${process.execPath}" "${main}" start --reader virtual; echo code=$?; stty -a`;
      const child = spawn("script", ["-qec", command, "/dev/null"], {
        env: { PATH: process.env.PATH, HOME: data, TERM: "xterm", SHELL: "/bin/sh", TAPSTATION_DATA: data },
      });
      children.push(child);
      let text = "";
      let wake = (): void => {};
      child.stdout.on("data", (chunk: Buffer) => {
        text += chunk;
        wake();
      });
      const closed = new Promise<void>((resolve) => child.on("close", () => resolve()));
      const until = async (part: RegExp): Promise<void> => {
        while (text.search(part) < 0) await new Promise<void>((resolve) => (wake = resolve));
      };
      await until(/registration .*Accepted/);
      child.stdin.write("t");
      await until(/✔ accepted/);
      child.stdin.write("p");
      await until(/transaction on 1 started/);
      child.stdin.write("u04AABB\r");
      await until(/UID of 3 bytes/);
      child.stdin.write("q");
      await until(/code=0/);
      await closed;
      expect(text).toMatch(/[^-]icanon/);
      expect(text).toMatch(/[^-]echo /);
    },
  );
});
