import { isAppError } from "../../util/errors.ts";
import { yaml } from "../examples.ts";
import { object, text } from "../schemas.ts";
import { defineStep } from "../step.ts";

interface Transfer {
  readonly vendor: string;
  readonly message?: string;
  readonly data?: unknown;
}

/** `transfer`: DataTransfer of the station's own. */
export const transfer = defineStep<Transfer>({
  describe: "Send vendor data to the central system: DataTransfer.",
  schema: object(
    {
      vendor: { ...text, description: "vendorId." },
      message: { ...text, description: "messageId." },
      data: { description: "A text; for 2.0.1 also any other value." },
    },
    ["vendor"],
  ),
  examples: [
    "- transfer: { vendor: com.example }",
    yaml`
      - transfer: { vendor: com.example, message: parking, data: bay 7 }
      - expect: { answer: DataTransfer, with: { status: UnknownVendorId } }`,
  ],
  parse(value) {
    const { vendor, message, data } = value as Record<string, unknown>;
    return {
      vendor: String(vendor),
      ...(message === undefined ? {} : { message: String(message) }),
      ...(data === undefined ? {} : { data }),
    };
  },
  async run({ vendor, message, data }, { bench }) {
    // Its answer may be late, and what comes of it is for expectations.
    const answer = bench.control.dataTransfer(vendor, message, data).catch((e) => {
      if (!isAppError(e, "csms.refused")) throw e;
    });
    answer.catch(() => {});
    await Promise.race([answer, bench.settle()]);
  },
});
