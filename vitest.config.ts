import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ["default", "./test/support/skip-reporter.ts"],
    projects: [
      { extends: true, test: { name: "architecture", include: ["test/architecture.test.ts"] } },
      {
        extends: true,
        test: {
          name: "tapstation",
          include: ["test/**/*.test.ts"],
          exclude: ["test/architecture.test.ts", "test/conformance/**"],
        },
      },
      {
        extends: true,
        // Its files share what they load: they hand nothing to one another, and loading would cost more than the rows.
        test: { name: "conformance", include: ["test/conformance/**/*.test.ts"], isolate: false },
      },
    ],
  },
});
