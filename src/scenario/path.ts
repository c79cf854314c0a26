/* Paths within a scenario's file, as lists of keys. */

/** Where lists of steps stand. */
export const STEP_LISTS = ["steps", "setup", "teardown"];

const isPlace = (key: string | undefined): boolean => /^\d+$/.test(key ?? "");

/** The part of a path that leads to the innermost step; undefined: it leads into none. */
export function stepPath(path: readonly string[]): readonly string[] | undefined {
  const last = path.findLastIndex((key, i) => {
    const [before, beyond] = [path[i - 1], path[i - 2]];
    if (!isPlace(key)) return false;
    return before === undefined || STEP_LISTS.includes(before) || (isPlace(before) && beyond === "parallel");
  });
  return last < 0 ? undefined : path.slice(0, last + 1);
}

/** As it is read in the file, from the innermost step on: csms › expect › status. */
export function shownPath(path: readonly string[]): string {
  // What is wrong with a step as a whole is told with the step around it.
  const around = stepPath(path.slice(0, -1)) ?? [];
  return path
    .slice(around.length)
    .map((key) => (isPlace(key) ? `item ${Number(key) + 1}` : key))
    .join(" › ");
}
