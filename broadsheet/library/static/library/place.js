// Where a reader stopped in an article. Loaded only for those who chose to have a history.

let form = null;
let paragraphs = [];
let reached = 0;
let told = 0;
let place = 0;
let button = null;

const isOpen = () => !document.querySelector("broadsheet-slot");

const watch = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) {
    if (isIntersecting) reached = Math.max(reached, paragraphs.indexOf(target) + 1);
  }
  if (reached >= place) button?.remove();
});

function look() {
  paragraphs = [...document.querySelectorAll(".article-body > .prose > *, .paywalled > .prose > *")];
  for (const paragraph of paragraphs) watch.observe(paragraph);
  if (!place || !isOpen()) return;
  if (location.hash === "#continue") goOn();
  else if (!button && reached < place) offer();
}

function goOn() {
  const target = paragraphs[Math.min(place, paragraphs.length) - 1];
  button?.remove();
  place = 0;
  if (!target) return;
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "center" });
}

function offer() {
  button = document.createElement("button");
  button.type = "button";
  button.className = "button continue";
  button.textContent = form.dataset.continue;
  button.addEventListener("click", goOn);
  document.querySelector(".article-head").after(button);
}

function tell(event) {
  const leaves = event.type === "pagehide" || document.visibilityState === "hidden";
  if (!leaves || !isOpen() || reached <= told) return;
  told = reached;
  const body = new URLSearchParams({ place: reached, of: paragraphs.length });
  fetch(form.dataset.own, { method: "POST", body, keepalive: true }).catch(() => {});
}

export async function begin(found, show) {
  form = found;
  document.addEventListener("broadsheet:rest", look);
  document.addEventListener("visibilitychange", tell);
  addEventListener("pagehide", tell);
  look();
  const among = [...document.querySelectorAll("broadsheet-next [data-article]")].map((one) => one.dataset.article);
  const response = await fetch(`${form.dataset.own}?${new URLSearchParams({ among: among.join(" ") })}`);
  if (!response.ok) return;
  const answer = await response.json();
  show(answer.saved);
  place = answer.place ?? 0;
  document.dispatchEvent(new CustomEvent("broadsheet:read", { detail: answer.opened ?? [] }));
  look();
}
