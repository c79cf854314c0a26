/** What is looked at on a scenario's page, as indexes of its part. A fact brings its step along. */
export interface Selection {
  readonly fact?: number;
  readonly step?: number;
}
