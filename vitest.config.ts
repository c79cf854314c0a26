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
        test: { name: "tapstation", include: ["test/**/*.test.ts"], exclude: ["test/architecture.test.ts"] },
      },
    ],
  },
});
