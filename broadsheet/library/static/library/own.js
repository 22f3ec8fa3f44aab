// Shows a signed-in reader what of a page they saved and follow. Without it each button leads to a page that says so.
// What there is to ask for, a cookie says that names nobody.

const article = document.querySelector("form[data-history]");
const followable = [...document.querySelectorAll("form.follow[data-own]")];
const kept = /(?:^|; )broadsheet_library=(\w+)/.exec(document.cookie)?.[1] ?? "";

function press(form, show) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const isKept = form.querySelector("button").ariaPressed === "true";
    try {
      const response = await fetch(form.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams(isKept ? { remove: 1 } : {}),
      });
      if (!response.ok) throw new Error(response.status);
      show(form, await response.json());
    } catch {
      form.submit(); // its page says why
    }
  });
}

function say(form, isKept, words) {
  const button = form.querySelector("button");
  (button.firstElementChild ?? button).textContent = words;
  button.ariaPressed = isKept;
}

const showSaved = (saved) => say(article, saved, saved ? article.dataset.saved : article.dataset.save);
const showFollowed = (form, followed) => say(form, followed, followed ? form.dataset.followed : form.dataset.follow);

async function ask(form, show) {
  const response = await fetch(form.dataset.own);
  if (response.ok) show(await response.json());
}

if (article) {
  press(article, (form, { saved }) => {
    showSaved(saved);
    if (!saved && location.hash === "#saved") location.replace("#");
    document.getElementById("saved")?.classList.toggle("shown", saved);
  });
  if (kept.includes("h")) import(article.dataset.history).then(({ begin }) => begin(article, showSaved)).catch(() => {});
  else if (kept.includes("s")) ask(article, ({ saved }) => showSaved(saved)).catch(() => {});
}

for (const form of followable) press(form, (form, { followed }) => showFollowed(form, followed));
if (followable.length && kept.includes("f"))
  ask(followable[0], ({ followed }) => {
    for (const form of followable) showFollowed(form, followed.includes(form.getAttribute("action")));
  }).catch(() => {});
