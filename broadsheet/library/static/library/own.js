// Whether an article is saved, for whoever is signed in. What there is to ask for, a cookie says that names nobody.

const form = document.querySelector("form.save[data-own]");
const kept = /(?:^|; )broadsheet_library=(\w+)/.exec(document.cookie)?.[1] ?? "";

function show(isSaved) {
  const button = form.querySelector("button");
  button.textContent = isSaved ? form.dataset.saved : form.dataset.save;
  button.ariaPressed = isSaved;
}

async function save(event) {
  event.preventDefault();
  const isSaved = form.querySelector("button").ariaPressed === "true";
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(isSaved ? { remove: 1 } : {}),
    });
    if (!response.ok) throw new Error(response.status);
    const { saved } = await response.json();
    show(saved);
    if (!saved && location.hash === "#saved") location.replace("#");
    document.getElementById("saved")?.classList.toggle("shown", saved);
  } catch {
    form.submit(); // its page says why
  }
}

async function ask() {
  const response = await fetch(form.dataset.own);
  if (response.ok) show((await response.json()).saved);
}

if (form) {
  form.addEventListener("submit", save);
  if (kept.includes("h")) import(form.dataset.history).then(({ begin }) => begin(form, show)).catch(() => {});
  else if (kept.includes("s")) ask().catch(() => {});
}
