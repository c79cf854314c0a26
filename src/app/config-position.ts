/** Where a value stands in a file: 1-based, as editors count. */
export interface FilePosition {
  readonly file: string;
  readonly line: number;
  readonly col: number;
}

export const positionText = (p: FilePosition): string => `${p.file}:${p.line}:${p.col}`;
