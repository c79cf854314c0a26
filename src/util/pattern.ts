/** A text as a regular expression that finds it; a dot stays, which finds a dot too. */
export const patternFor = (text: string): string => text.replaceAll(/[*+?^${}()|[\]\\]/g, "\\$&");
