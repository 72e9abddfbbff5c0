// Makes pictures of a run: `node pictures.mjs TERMINAL-OUTPUT REPORT.html FOLDER`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { launched } from "./browser.mjs";

const [terminal, report, folder] = process.argv.slice(2);
const COLOURS = { 31: "#ff7b72", 32: "#7ee787", 33: "#e3b341" };
const STYLE = `
  body { margin: 0; padding: 24px; background: #0d1117; width: max-content; }
  pre { margin: 0; color: #d5dbe1; font: 13px/1.5 "DejaVu Sans Mono", monospace; white-space: pre-wrap; width: 112ch; }
  .prompt { color: #8b949e; }`;

/** Terminal output as HTML; of the escape sequences only those of colours are used. */
function html(text) {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const coloured = escaped.replace(/\u001b\[(\d+)m([^\u001b]*)/g, (_, code, words) =>
    code in COLOURS ? `<span style="color:${COLOURS[code]}">${words}</span>` : words);
  const command = "conform --operation 'logout=GET /api/auth/me' --clause logout.no-content tokens::";
  return `<style>${STYLE}</style><pre><span class="prompt">$</span> ${command}\n${coloured.trimEnd()}</pre>`;
}

const browser = await launched();
const shell = await browser.newPage({ viewport: { width: 1100, height: 400 } });
await shell.setContent(html(readFileSync(terminal, "utf8")));
await shell.locator("body").screenshot({ path: join(folder, "terminal.png") });
const page = await browser.newPage({ viewport: { width: 1200, height: 1500 }, colorScheme: "light" });
await page.goto(pathToFileURL(report).href);
await page.screenshot({ path: join(folder, "report.png") });
await browser.close();
