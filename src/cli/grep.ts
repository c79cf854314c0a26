import { AppError } from "../util/errors.ts";

/** What `--grep` looks for, in upper or lower case. @throws AppError `usage` */
export function grepOf(given: string): RegExp {
  try {
    return new RegExp(given, "i");
  } catch (e) {
    throw new AppError("usage", `--grep: "${given}" is no regular expression`, {
      hint: "Put a backslash before characters such as ( or [ that stand for themselves.",
      cause: e,
    });
  }
}
