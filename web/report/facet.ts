/** Something that a chip stands for, with how many of it the rest of a filter lets through. */
export interface Facet<T extends string = string> {
  readonly name: T;
  readonly count: number;
}
