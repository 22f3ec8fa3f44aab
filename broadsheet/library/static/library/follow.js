// Shows a signed-in reader what of a page they follow. Without it each button leads to a page that says so.

const forms = [...document.querySelectorAll("form.follow[data-own]")];

function show(form, isFollowed) {
  const button = form.querySelector("button");
  button.ariaPressed = isFollowed;
  button.firstElementChild.textContent = isFollowed ? form.dataset.followed : form.dataset.follow;
}

async function press(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const body = new URLSearchParams(form.querySelector("button").ariaPressed === "true" ? { remove: 1 } : {});
  try {
    const response = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body });
    if (!response.ok) throw new Error(response.status);
    show(form, (await response.json()).followed);
  } catch {
    form.submit(); // its page says why
  }
}

async function ask() {
  const { followed } = await (await fetch(forms[0].dataset.own)).json();
  for (const form of forms) show(form, followed.includes(form.getAttribute("action")));
}

for (const form of forms) form.addEventListener("submit", press);
if (forms.length && /(?:^|; )broadsheet_library=\w*f/.test(document.cookie)) ask().catch(() => {});
