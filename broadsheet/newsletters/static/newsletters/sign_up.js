// What a form to sign up says besides: the browser's time zone, and since when somebody has it before them.
// Without script the edition's time zone counts, and the form is shown once more.

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";

async function begin(form) {
  for (const field of form.querySelectorAll("[data-zone]")) field.value = zone;
  const mark = form.querySelector("[data-pace]");
  if (!mark || mark.dataset.pace) return;
  mark.dataset.pace = "asked";
  try {
    const response = await fetch(form.dataset.signUp, { credentials: "same-origin" });
    if (response.ok) mark.value = await response.text();
  } catch {
    mark.dataset.pace = "";
  }
}

// The wall comes into the page later, so that the page is watched, and not each form.
document.addEventListener("focusin", (event) => {
  const form = event.target.closest("form");
  if (form?.querySelector("[data-zone]")) begin(form);
});
