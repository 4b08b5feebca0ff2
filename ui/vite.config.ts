/** How the page is built and tested. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  server: { port: 5173, strictPort: true },
  build: { target: "es2022", modulePreload: { polyfill: false }, chunkSizeWarningLimit: 700 },
  test: { environment: "jsdom", setupFiles: ["src/test-setup.ts"], css: false, testTimeout: 15_000 },
});
