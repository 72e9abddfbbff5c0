// The browser of the tests and of the pictures; CHROMIUM names another.
import { chromium } from "playwright-core";

export async function launched() {
  try {
    return await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"],
    });
  } catch (error) {
    console.error(`Chromium does not start: apt-get install chromium, or name another in CHROMIUM\n${error.message}`);
    process.exit(2);
  }
}
