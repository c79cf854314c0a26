import { describe } from "vitest";
import { at, dialectOf, itSays, type Row } from "../support.ts";

const dialect = await dialectOf("2.0.1");
const long = "x".repeat(3000);

const rows: Row[] = [
  [
    "a part of a report",
    "report",
    {
      requestId: 4,
      seqNo: 1,
      tbc: true,
      generatedAt: at,
      variables: [
        {
          component: "AuthCtrlr",
          variable: "Enabled",
          value: "true",
          mutability: "ReadWrite",
          dataType: "boolean",
        },
        {
          component: "OCPPCommCtrlr",
          variable: "MessageTimeout",
          instance: "Default",
          value: long,
          mutability: "ReadOnly",
          dataType: "integer",
          unit: "s",
          maxLimit: 600,
        },
        {
          component: "SecurityCtrlr",
          variable: "BasicAuthPassword",
          value: "secret",
          mutability: "WriteOnly",
          dataType: "string",
        },
      ],
    },
    "NotifyReport",
    {
      requestId: 4,
      seqNo: 1,
      tbc: true,
      generatedAt: at,
      reportData: [
        {
          component: { name: "AuthCtrlr" },
          variable: { name: "Enabled" },
          variableAttribute: [{ value: "true", mutability: "ReadWrite" }],
          variableCharacteristics: { dataType: "boolean", supportsMonitoring: false },
        },
        {
          component: { name: "OCPPCommCtrlr" },
          variable: { name: "MessageTimeout", instance: "Default" },
          variableAttribute: [{ value: "x".repeat(2500), mutability: "ReadOnly" }],
          variableCharacteristics: {
            dataType: "integer",
            supportsMonitoring: false,
            unit: "s",
            maxLimit: 600,
          },
        },
        {
          component: { name: "SecurityCtrlr" },
          variable: { name: "BasicAuthPassword" },
          variableAttribute: [{ mutability: "WriteOnly" }],
          variableCharacteristics: { dataType: "string", supportsMonitoring: false },
        },
      ],
    },
    {},
    {},
  ],
  [
    "an empty report",
    "report",
    { requestId: 4, seqNo: 0, tbc: false, generatedAt: at, variables: [] },
    "NotifyReport",
    { requestId: 4, seqNo: 0, tbc: false, generatedAt: at },
    {},
    {},
  ],
];

describe("2.0.1: reports", () => {
  itSays(dialect, rows);
});
