import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// One page per audience, so that the room never loads the console. The result is committed (docs/adr/0028-web.md).
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../serve/http/static",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0, // the content security policy admits no data: URL
    license: { fileName: "licenses.md" },
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ["home.html", "room.html", "review.html", "console.html"],
      output: {
        codeSplitting: {
          // few files: the staff pages share their styles, and the home page has no script
          groups: [
            { name: "shared", test: /node_modules|src.(ui|api|home)./ },
            { name: "staff", test: /src.(staff.|review.review.css|console.console.css)/ },
          ],
        },
      },
    },
  },
});
