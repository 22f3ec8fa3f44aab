// Follows a coverage that goes on: asks for what is new, and shows it when the reader wants to see it.

const SOON = 15e3;
const LATE = 240e3;

const live = document.getElementById("live");
const status = live?.querySelector(".live-new");
const first = () => document.querySelector(".entry");
let wait = SOON;
let timer;
let fresh;

const here = (entry) => document.getElementById(entry.id);
const address = () => live?.querySelector("[data-since]").dataset.since;

function show() {
  const added = [...fresh.querySelectorAll(".entry:not([data-gone])")].filter((entry) => !here(entry));
  first().before(...added);
  live.querySelector(".live-now").replaceWith(fresh.querySelector(".live-now"));
  status.replaceChildren();
  const seen = added[0] ?? live;
  seen.tabIndex = -1;
  seen.focus();
  plan();
}

function take(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  fresh = template.content;
  // Corrected or withdrawn: in its place at once.
  for (const entry of fresh.querySelectorAll(".entry")) {
    const old = here(entry);
    if (old && old.dataset.changed !== entry.dataset.changed) old.replaceWith(entry.cloneNode(true));
  }
  const words = fresh.firstElementChild.dataset.words;
  if (words === status.textContent) return;
  const button = document.createElement("button");
  button.className = "button";
  button.textContent = words;
  button.onclick = show;
  status.replaceChildren(...(words ? [button] : []));
}

async function ask() {
  try {
    const answer = await fetch(address());
    if (!answer.ok) throw answer.status;
    take(await answer.text());
    wait = SOON;
  } catch {
    wait = Math.min(wait * 2, LATE);
  }
  plan();
}

// Each browser at a moment of its own, and none that nobody looks at.
function plan(soon) {
  clearTimeout(timer);
  if (address() && !document.hidden) timer = setTimeout(ask, (soon ?? wait) * (0.7 + Math.random() * 0.6));
}

document.addEventListener("visibilitychange", () => plan(1e3));
document.addEventListener("broadsheet:rest", () => {
  for (const anchor of document.querySelectorAll(".live-anchor")) anchor.remove();
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
});
plan();
