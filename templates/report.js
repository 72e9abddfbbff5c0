"use strict";
const form = document.querySelector(".filters");
const search = document.getElementById("search");
const shown = document.getElementById("shown");
const rows = [...document.querySelectorAll(".ledger tbody tr")].map((row) => ({
  row,
  text: row.textContent.toLowerCase(),
}));

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const verdicts = new FormData(form).getAll("verdict");
  let count = 0;
  for (const { row, text } of rows) {
    const fits = verdicts.includes(row.dataset.verdict) && words.every((word) => text.includes(word));
    row.hidden = !fits;
    count += fits ? 1 : 0;
  }
  shown.value = `${count} of ${rows.length} clauses`;
}

form.hidden = false;
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
filter();

document.addEventListener("keydown", (event) => {
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.key === "/" && plain && !event.target.closest("input")) {
    event.preventDefault();
    form.closest("details").open = true;
    search.focus();
  } else if (event.key === "Escape" && event.target === search) {
    search.value = "";
    filter();
  }
});

// A link leads to what is filtered out, or folded, as well.
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target?.hidden) {
    form.reset();
    filter();
  }
  for (let folded = target?.closest("details"); folded; folded = folded.parentElement.closest("details")) {
    folded.open = true;
  }
  target?.scrollIntoView();
}
addEventListener("hashchange", reveal);
if (location.hash) {
  reveal();
}

async function copy(button, block) {
  const selection = getSelection();
  try {
    await navigator.clipboard.writeText(block.textContent);
    button.textContent = "Copied";
  } catch {
    // Where no script may write to the clipboard, a key still can.
    selection.selectAllChildren(block);
    button.textContent = "Selected";
  }
}
for (const block of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", () => copy(button, block));
  block.before(button);
}
