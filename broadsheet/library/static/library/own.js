// What a signed-in reader has of an article: saved or not and, only if they chose a history, where they stopped.

const form = document.querySelector("form.save[data-own]");
const kept = /(?:^|; )broadsheet_library=(\w+)/.exec(document.cookie)?.[1] ?? "";
const others = () => [...document.querySelectorAll("broadsheet-next [data-article]")];

function show(isSaved) {
  const button = form.querySelector("button");
  button.textContent = isSaved ? form.dataset.saved : form.dataset.save;
  button.ariaPressed = isSaved;
}

async function save(event) {
  event.preventDefault();
  const isSaved = form.querySelector("button").ariaPressed === "true";
  const note = document.getElementById("saved");
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(isSaved ? { remove: 1 } : {}),
    });
    if (!response.ok) throw new Error(response.status);
    const { saved } = await response.json();
    show(saved);
    note?.classList.toggle("shown", saved);
    if (!saved && location.hash === "#saved") location.replace("#");
  } catch {
    form.submit(); // its page says why
  }
}

// --- The place ---------------------------------------------------------------------------------------

let paragraphs = [];
let reached = 0;
let told = 0;
let place = 0;
let link = null;

const isOpen = () => !document.querySelector("broadsheet-slot");

const watch = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) {
    if (isIntersecting) reached = Math.max(reached, paragraphs.indexOf(target) + 1);
  }
  if (reached >= place) link?.remove();
});

function look() {
  paragraphs = [...document.querySelectorAll(".article-body > .prose > *, .paywalled > .prose > *")];
  for (const paragraph of paragraphs) watch.observe(paragraph);
  if (!place || !isOpen()) return;
  if (location.hash === "#continue") goOn();
  else if (!link && reached < place) offer();
}

function goOn() {
  const target = paragraphs[Math.min(place, paragraphs.length) - 1];
  if (!target) return;
  link?.remove();
  place = 0;
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "center" });
}

function offer() {
  link = document.createElement("button");
  link.type = "button";
  link.className = "button continue";
  link.textContent = form.dataset.continue;
  link.addEventListener("click", goOn);
  document.querySelector(".article-head").after(link);
}

function tell(event) {
  const leaves = event.type === "pagehide" || document.visibilityState === "hidden";
  if (!leaves || !isOpen() || reached <= told) return;
  told = reached;
  const body = new URLSearchParams({ place: reached, of: paragraphs.length });
  fetch(form.dataset.own, { method: "POST", body, keepalive: true }).catch(() => {});
}

async function ask() {
  const among = others().map((teaser) => teaser.dataset.article);
  const query = new URLSearchParams(kept.includes("h") ? { among: among.join(" ") } : {});
  const response = await fetch(`${form.dataset.own}?${query}`);
  if (!response.ok) return;
  const answer = await response.json();
  show(answer.saved);
  place = answer.place ?? 0;
  document.dispatchEvent(new CustomEvent("broadsheet:read", { detail: answer.opened ?? [] }));
  look();
}

if (form) {
  form.addEventListener("submit", save);
  if (/[sh]/.test(kept)) ask().catch(() => {});
  if (kept.includes("h")) {
    document.addEventListener("broadsheet:rest", look);
    document.addEventListener("visibilitychange", tell);
    addEventListener("pagehide", tell);
    look();
  }
}
