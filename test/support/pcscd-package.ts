import { existsSync } from "node:fs";
import { packageInstalled } from "../../src/drivers/readers/pcsc/daemon.ts";
import { childProgram } from "../../src/drivers/readers/pcsc/process.ts";

/** Why the PC/SC driver cannot be run here at all, with the command that helps; undefined: it can. */
export function pcscPackageMissing(): string | undefined {
  if (!packageInstalled()) {
    return "nfc-pcsc is not installed: sudo apt-get install libpcsclite-dev g++ make python3 && npm install --include=optional && npm rebuild @pokusew/pcsclite";
  }
  return existsSync(childProgram) ? undefined : "the driver's child process is not built: npm run build";
}

/** `missing`, unless the environment forbids skips: then what is missing makes the tests fail. */
export function skipUnlessRequired(missing: string | undefined): string | undefined {
  return process.env.TAPSTATION_REQUIRE_ALL === "1" ? undefined : missing;
}
