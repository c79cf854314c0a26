import clipboard from "clipboardy";
import { AppError, errorText } from "../../util/errors.ts";

/** Puts a text on the clipboard. @throws AppError `device.unavailable` where there is none */
export async function copy(text: string): Promise<void> {
  try {
    await clipboard.write(text);
  } catch (cause) {
    const [why = ""] = errorText(cause).split("\n");
    throw new AppError("device.unavailable", `There is no clipboard to copy ${text} to: ${why}`, {
      hint: "On Linux a desktop session is needed (X11 or Wayland); elsewhere leave --copy out and use --plain.",
      cause,
    });
  }
}
