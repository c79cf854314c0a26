/** The part of OCPP's JSON Schemas that is looked at. */
export interface PayloadSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, PayloadSchema>>;
  readonly additionalProperties?: unknown;
  readonly items?: PayloadSchema;
  readonly maxLength?: number;
  readonly enum?: readonly unknown[];
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, PayloadSchema>>;
}
