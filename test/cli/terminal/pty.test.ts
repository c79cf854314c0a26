import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { connect } from "../../central/support.ts";

const main = fileURLToPath(new URL("../../../dist/main.js", import.meta.url));
const hasScript = spawnSync("script", ["--version"]).error === undefined;
const required = process.env.TAPSTATION_REQUIRE_ALL === "1";
const why = hasScript ? "" : " (skipped: script(1) is missing: sudo apt-get install bsdutils)";

describe(`a real terminal${why}`, () => {
  const children: ReturnType<typeof spawn>[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });

  /** A command of the program in a terminal of 80 columns, its exit code and the terminal's state behind it. */
  function inTerminal(args: string) {
    const data = mkdtempSync(path.join(tmpdir(), "tapstation-pty-"));
    const command = `stty cols 80 rows 24; "${process.execPath}" "${main}" ${args}; echo code=$?; stty -a`;
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
    return {
      type: (keys: string) => child.stdin.write(keys),
      /** Resolves when it shows; gives what the first group caught. */
      until: async (part: RegExp): Promise<string> => {
        while (text.search(part) < 0) await new Promise<void>((resolve) => (wake = resolve));
        return part.exec(text)?.[1] ?? "";
      },
      /** Resolves with all of it when the terminal is gone. */
      end: async () => {
        await closed;
        return text;
      },
    };
  }

  it.skipIf(!hasScript && !required)(
    "takes keys, tells the story, and is given back as it was found",
    async () => {
      const { type, until, end } = inTerminal("start --reader virtual");
      await until(/registration .*Accepted/);
      type("t");
      await until(/✔ accepted/);
      type("p");
      await until(/transaction on 1 started/);
      type("u04AABB\r");
      await until(/UID of 3 bytes/);
      type("q");
      await until(/code=0/);
      const text = await end();
      expect(text).toMatch(/[^-]icanon/);
      expect(text).toMatch(/[^-]echo /);
    },
  );

  it.skipIf(!hasScript && !required)(
    "a central system alone: who is there, commands, and its end",
    async () => {
      const { type, until, end } = inTerminal("central");
      const url = await until(/central +(ws:\S+)/);
      await until(/no station is connected/);
      type("cClearCache\r");
      await until(/Connect one to ws:/);
      const cp = await connect(`${url}/CP5`, "ocpp1.6");
      await until(/CP5\S* \S*connected/);
      await until(/CP5\S* · \S*c command/);
      type("c");
      type('TriggerMessage {"requestedMessage":"Heartbeat"}\r');
      const asked = await cp.frame("the command", (f) => f[2] === "TriggerMessage");
      cp.socket.send(JSON.stringify([3, asked[1], { status: "NotImplemented" }]));
      await until(/"status": "NotImplemented"/);
      type("?");
      await until(/s {2}status/);
      type("s");
      await until(/OCPP 1\.6/);
      type("q");
      await until(/code=0/);
      expect(await cp.ended()).toMatchObject({ code: 1001 });
      expect(await end()).toMatch(/[^-]icanon/);
    },
  );
});
