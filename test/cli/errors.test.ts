import { describe, expect, it } from "vitest";
import { reportError } from "../../src/cli/errors.ts";
import { AppError } from "../../src/util/errors.ts";
import { FakeIo } from "../support/io.ts";

async function reported(e: unknown, verbose = false): Promise<{ code: number; text: string }> {
  const io = new FakeIo();
  const code = reportError(e, io, verbose);
  await io.until(() => io.err.split("\n").length > 2);
  return { code, text: io.err };
}

describe("errors to people", () => {
  it("foreseen ones are message and hint", async () => {
    const { code, text } = await reported(
      new AppError("device.unavailable", "no reader", { hint: "Plug one in." }),
    );
    expect(text).toBe("tapstation: no reader\n  Plug one in.\n");
    expect(code).toBe(3);
  });

  it("unforeseen ones ask for a report, and show where they come from when asked to", async () => {
    const { code, text } = await reported(new TypeError("x is not a function"));
    expect(text).toContain("Please report it");
    expect(text).not.toContain("    at ");
    expect(code).toBe(1);
    expect((await reported(new TypeError("x"), true)).text).toContain("    at ");
  });

  it("cannot move the cursor", async () => {
    expect((await reported(new AppError("usage", "a\u001b[2Jb", { hint: "c\u0007" }))).text).toBe(
      "tapstation: a?[2Jb\n  c?\n",
    );
  });
});
