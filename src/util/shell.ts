import { clean } from "./text.ts";

/** A text as one word of a command line, ready for a shell: "two words" is 'two words'. */
export const shellWord = (text: string): string =>
  /^[\w./@:,=-]+$/.test(text) ? text : `'${clean(text).replaceAll("'", "'\\''")}'`;
