// What holds for all fields of the desk.

// A date picker opens between its field and what follows, so that it never lies over a button. While a pointer is
// pressed it stays: else what follows would slip from under the pointer, and the click be lost.
let isPressed = false;

Object.assign(window.jQuery.fn.datetimepicker.defaults, { insideParent: true, onClose: () => !isPressed });

document.addEventListener("pointerdown", () => (isPressed = true), { capture: true });
for (const release of ["pointerup", "pointercancel"]) {
  document.addEventListener(release, () => setTimeout(() => (isPressed = false)), { capture: true });
}
document.addEventListener("click", () => (isPressed = false), { capture: true });
document.addEventListener("click", ({ target }) => {
  if (!target.isConnected) return; // a day that was chosen: its month is drawn anew
  for (const picker of document.querySelectorAll(".xdsoft_datetimepicker")) {
    if (!picker.parentElement.contains(target)) window.jQuery(picker).trigger("close.xdsoft");
  }
});

// What is too long is kept as it was pasted and refused with the reason when it is saved. The browser would cut it
// without a word.
document.addEventListener("focusin", ({ target }) => {
  if (target.matches("input[maxlength], textarea[maxlength]")) target.removeAttribute("maxlength");
});
