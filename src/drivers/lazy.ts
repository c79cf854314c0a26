import { AppError, errorText } from "../util/errors.ts";

/**
 * Loads a driver when it is first asked for, so that the program starts without the packages of the others.
 * @throws AppError `driver.missing` that names the package.
 */
export async function lazily<T>(kind: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const name = /Cannot find package '([^']+)'/.exec(errorText(cause))?.[1];
    throw new AppError("driver.missing", `The driver "${kind}" cannot be loaded: ${errorText(cause)}`, {
      hint: name === undefined ? "Install the package again: npm ci" : `Install it: npm install ${name}`,
      cause,
    });
  }
}
