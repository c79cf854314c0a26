import { execFile } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { createCentral } from "../../src/index.ts";
import { folderOf, scenario } from "../scenario/support.ts";
import { binPath, run } from "../support/bin.ts";

/** The command that a failure names, pasted into a shell. */

const FILE = `it's "$HOME" & a (1).yaml`;
const BAD = scenario(
  "- expect: { message: Authorize, within: 1 s }",
  "ocpp: [1.6, 2.0.1]\nonly: true\ndata: [{ tag: a }, { tag: b }]\n",
);

/** The command after `again:` in what a run printed. */
const againIn = (stdout: string): string => /again: (.*)$/m.exec(stdout)?.[1] ?? "";

/** Lets a shell do a command, in which tapstation is ours. */
async function pasted(command: string, cwd: string, env: Readonly<Record<string, string>>) {
  const bin = join(cwd, "tapstation");
  writeFileSync(bin, `#!/bin/sh\nexec '${process.execPath}' '${binPath}' "$@"\n`);
  chmodSync(bin, 0o755);
  // Where the tests run, CI may be set; the run before did not know of it.
  const all = { ...process.env, CI: "", ...env, PATH: `${cwd}:${process.env.PATH}` };
  return promisify(execFile)("sh", ["-c", command], { cwd, env: all }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

it("runs the one that failed, in the same surroundings, and fails in the same way", async () => {
  const cwd = folderOf({ [FILE]: `${BAD}---\n${BAD.replace("Test", "Another")}` });
  const env = { CI: "true" };
  const first = await run(["run", FILE, "--allow-only", "--ocpp", "2.0.1", "--seed", "7"], { cwd, env });
  expect([first.code, first.stdout]).toEqual([1, expect.stringContaining("4 scenarios: 4 failed")]);
  const command = againIn(first.stdout);
  expect(command).toMatch(/ --ocpp 2\.0\.1 --allow-only --seed 7$/);
  const second = await pasted(command, cwd, env);
  expect([second.code, second.stdout]).toEqual([1, expect.stringContaining("1 scenario: 1 failed")]);
  expect(second.stdout).toContain("tag=a");
  expect(againIn(second.stdout)).toBe(command);
});

it("has secrets as variables, which the shell fills in", async () => {
  const central = await createCentral();
  try {
    const cwd = folderOf({ "bad.yaml": BAD });
    const secret = central.url.replace("ws://", "ws://someone:hunter2@");
    const args = [
      "run",
      "bad.yaml",
      "--ocpp",
      "1.6",
      "--csms",
      secret,
      "--id",
      "CP 7",
      "--password",
      "pa$$word9",
    ];
    const { code, stdout } = await run(args, { cwd });
    expect(code).toBe(1);
    expect(stdout).not.toMatch(/hunter2|pa\$\$word9/);
    const command = againIn(stdout);
    expect(command).toContain(
      `--csms "$TAPSTATION_CSMS" --id 'CP 7' --password "$TAPSTATION_PASSWORD" --ocpp 1.6 --seed 1`,
    );
    const env = { TAPSTATION_CSMS: central.url, TAPSTATION_PASSWORD: "pa$$word9" };
    const again = await pasted(command, cwd, env);
    expect([again.code, again.stdout]).toEqual([1, expect.stringContaining("1 scenario: 1 failed")]);
  } finally {
    await central.close();
  }
});

it("has an AuthorizationKey as a variable too, and the profile beside it", async () => {
  const central = await createCentral();
  try {
    const key = "00112233445566778899aabbccddeeff";
    const cwd = folderOf({ "bad.yaml": BAD });
    const args = ["run", "bad.yaml", "--ocpp", "1.6", "--csms", central.url, "--security-profile", "1"];
    const { code, stdout } = await run([...args, "--authorization-key", key], { cwd });
    expect(code).toBe(1);
    expect(stdout).not.toContain(key);
    expect(againIn(stdout)).toContain(
      `--csms ${central.url} --authorization-key "$TAPSTATION_AUTHORIZATION_KEY" --security-profile 1 --ocpp 1.6`,
    );
  } finally {
    await central.close();
  }
});

it("names the station.yaml instead of what is in it", async () => {
  const central = await createCentral();
  try {
    const cwd = folderOf({ "bad.yaml": BAD, "my station.yaml": `csms: ${central.url}\npassword: hunter2\n` });
    const { stdout } = await run(["run", "bad.yaml", "--config", "my station.yaml"], { cwd });
    expect(againIn(stdout)).toMatch(/ --config 'my station\.yaml' --seed 1$/);
  } finally {
    await central.close();
  }
});
