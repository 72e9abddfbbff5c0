// Opens pages of reports in Chromium and tries what a reader would: `node page.mjs FILE…`.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { launched } from "./browser.mjs";

const axe = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const browser = await launched();

/** A page, with everything that goes wrong on it. */
async function opened(file, options) {
  const context = await browser.newContext({ viewport: { width: 1600, height: 1000 }, ...options });
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) wrong.push(message.text());
  });
  page.on("pageerror", (error) => wrong.push(error.message));
  const url = pathToFileURL(file).href;
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== url) wrong.push(`a request for ${request.url()}`);
  });
  await page.goto(url);
  return { page, wrong, url, close: () => context.close() };
}

/** What axe-core finds. It is put in from outside: the policy of the page is for the page. */
async function violations(page) {
  const session = await page.context().newCDPSession(page);
  const run = `${axe}; axe.run(document, { resultTypes: ["violations"] }).then((found) => JSON.stringify(
    found.violations.map((one) => [one.id, one.help, one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200))])))`;
  const answer = await session.send("Runtime.evaluate", { expression: run, awaitPromise: true, returnByValue: true });
  assert.equal(answer.exceptionDetails, undefined);
  return JSON.parse(answer.result.value);
}

const visible = (page) => page.locator(".ledger tbody tr:visible").count();

async function filters(file) {
  const { page, wrong, close } = await opened(file);
  const all = await page.locator(".ledger tbody tr").count();
  // The key unfolds the table.
  await page.keyboard.press("/");
  assert.equal(await visible(page), all);
  await page.keyboard.type("LOGOUT no-content");
  assert.deepEqual(await page.locator(".ledger tbody tr:visible").evaluateAll((rows) => rows.map((row) => row.id)), [
    "c-logout.no-content",
  ]);
  assert.equal(await page.locator("#shown").textContent(), `1 of ${all} clauses`);
  await page.keyboard.press("Escape");
  assert.equal(await visible(page), all);
  for (const verdict of ["pass", "fail", "inconclusive"]) {
    const rows = await page.locator(`.ledger tr[data-verdict=${verdict}]`).count();
    await page.locator(`input[value=${verdict}]`).focus();
    await page.keyboard.press("Space");
    assert.equal(await visible(page), all - rows, verdict);
    await page.keyboard.press("Space");
  }
  // A link to a row that is filtered out shows it.
  await page.locator("#search").fill("nothing has these words");
  assert.equal(await visible(page), 0);
  await page.locator(".story h3 a").first().click();
  await page.waitForFunction(() => document.querySelector(location.hash.replaceAll(".", "\\."))?.hidden === false);
  // One to a scenario opens it.
  const there = await page.locator(".waterfall details").first().getAttribute("id");
  await page.evaluate((id) => { location.hash = id; }, there);
  await page.waitForFunction(() => document.getElementById(decodeURIComponent(location.hash.slice(1))).open);
  await page.locator(".story details > summary").first().click();
  const copy = page.locator("button.copy").first();
  await copy.click();
  await page.waitForFunction((button) => button.textContent !== "Copy", await copy.elementHandle());
  assert.match(await copy.textContent(), /^(Copied|Selected)$/);
  assert.deepEqual(wrong, []);
  await close();
}

async function withoutScript(file) {
  const { page, wrong, close } = await opened(file, { javaScriptEnabled: false });
  assert.equal(await page.locator(".filters").isVisible(), false);
  const folded = page.locator("details.all:not([open]) > summary");
  while (await folded.count()) await folded.first().click();
  assert.equal(await visible(page), await page.locator(".ledger tbody tr").count());
  await page.locator(".story details > summary").first().click();
  assert.ok(await page.locator("pre[data-copy]").first().isVisible());
  const last = page.locator(".waterfall details").last();
  await last.locator("summary").click();
  assert.ok(await last.locator("ol").isVisible());
  assert.deepEqual(wrong, []);
  await close();
}

async function looks(file) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [360, 1600]) {
      const { page, wrong, close } = await opened(file, { colorScheme, viewport: { width, height: 900 } });
      const where = `${basename(file)}, ${colorScheme}, ${width} px`;
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${where}: the page is ${wide} px wide`);
      await page.locator(".waterfall details").evaluateAll((all) => { if (all.length) all[0].open = true; });
      assert.deepEqual(await violations(page), [], where);
      assert.deepEqual(wrong, [], where);
      await close();
    }
  }
}

try {
  for (const file of process.argv.slice(2)) {
    const start = performance.now();
    const { page, wrong, close } = await opened(file);
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    console.log(`${basename(file)}: open after ${Math.round(performance.now() - start)} ms`);
    assert.deepEqual(wrong, []);
    await close();
    if (basename(file) !== "mutants.html") {
      await filters(file);
      await withoutScript(file);
    }
    if (await isShort(file)) await looks(file);
  }
} finally {
  await browser.close();
}

/** To look at every element of a page of thousands takes minutes. */
async function isShort(file) {
  return readFileSync(file).length < 1 << 20;
}
