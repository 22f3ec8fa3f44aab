// Follows a live coverage: asks for what is new, and shows it when the reader wants it.

const live = document.getElementById("live");
const status = live?.querySelector(".live-new");
let wait = 15e3;
let timer;
let fresh;

const byId = (id) => document.getElementById(id);
const now = (part) => part?.querySelector(".live-now");

function show() {
  const added = [...fresh.querySelectorAll(".entry:not([data-gone])")].filter(({ id }) => !byId(id));
  document.querySelector(".entry").before(...added);
  now(live).replaceWith(now(fresh));
  status.replaceChildren();
  const first = added[0] ?? live;
  first.tabIndex = -1;
  first.focus();
  plan();
}

function take(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  fresh = template.content;
  // Corrected or withdrawn: in its place at once.
  for (const entry of fresh.querySelectorAll(".entry")) {
    const old = byId(entry.id);
    if (old && old.dataset.changed !== entry.dataset.changed) old.replaceWith(entry.cloneNode(true));
  }
  const button = fresh.querySelector("button");
  if (button.textContent === status.textContent) return;
  button.onclick = show;
  status.replaceChildren(...(button.textContent ? [button] : []));
}

async function ask() {
  const answer = await fetch(now(live).dataset.since).catch(() => {});
  if (answer?.ok) take(await answer.text());
  wait = answer?.ok ? 15e3 : Math.min(wait * 2, 24e4);
  plan();
}

// No two browsers at once, and none unseen.
function plan(soon = wait) {
  clearTimeout(timer);
  if (now(live)?.dataset.since && !document.hidden) timer = setTimeout(ask, soon * (0.7 + Math.random() * 0.6));
}

document.addEventListener("visibilitychange", () => plan(1e3));
document.addEventListener("broadsheet:rest", () => {
  for (const anchor of document.querySelectorAll("[data-live-anchor]")) anchor.remove();
  byId(location.hash.slice(1))?.scrollIntoView();
});
plan();
