import { defineConfig } from "vite";

import { pack } from "./pack.js";

export default defineConfig({
  // Relative addresses let the application be mounted under any path.
  base: "./",
  build: {
    outDir: "../assets",
    emptyOutDir: true,
    assetsDir: ".",
    // Files instead of data: addresses keep the Content-Security-Policy narrow.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4096,
    reportCompressedSize: false,
    license: { fileName: "LICENSES.md" },
    rolldownOptions: {
      input: "main.js",
      // "use client" means nothing in a bundle that only ever runs in a browser.
      checks: { moduleLevelDirective: false },
      output: {
        // Our own few lines change more often than the libraries: apart, they rename one small file.
        codeSplitting: {
          groups: [
            { name: "prettier", test: /node_modules.prettier/, priority: 3 },
            { name: "monaco", test: /node_modules.monaco-/, priority: 2 },
            { name: "graphiql", test: /node_modules/, priority: 1 },
          ],
        },
      },
    },
  },
  plugins: [pack()],
});
