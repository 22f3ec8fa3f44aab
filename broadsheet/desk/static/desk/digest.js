// The articles of an issue, put in order by drag or by their buttons, without loading the page again. What their
// order is, the form says by the order of its fields; without script the buttons send it.

const list = document.querySelector("[data-digest]");
const said = document.querySelector("[data-digest-said]");
let dragged = null;
let isChanged = false;

function items() {
  return [...list.querySelectorAll(":scope > .digest-item")];
}

function settle(item) {
  const all = items();
  for (const [place, one] of all.entries()) {
    one.querySelector('[value^="up:"]').disabled = place === 0;
    one.querySelector('[value^="down:"]').disabled = place === all.length - 1;
  }
  isChanged = true;
  const name = item.querySelector(".digest-item-name").firstChild.textContent.trim();
  const values = { name, place: all.indexOf(item) + 1, all: all.length };
  said.textContent = said.dataset.digestSaid.replace(/{(\w+)}/g, (_found, value) => values[value]);
}

function move(item, up) {
  const other = up ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  if (up) other.before(item);
  else other.after(item);
  settle(item);
  const pressed = item.querySelector(`[value^="${up ? "up" : "down"}:"]`);
  (pressed.disabled ? item.querySelector(`[value^="${up ? "down" : "up"}:"]`) : pressed).focus();
}

list.addEventListener("click", (event) => {
  const button = event.target.closest('[value^="up:"], [value^="down:"]');
  if (!button) return;
  event.preventDefault();
  move(button.closest(".digest-item"), button.value.startsWith("up:"));
});

for (const item of items()) {
  const handle = item.querySelector(".digest-handle");
  // By its handle alone, so that text in the fields can still be selected.
  handle.addEventListener("pointerdown", () => (item.draggable = true));
  handle.addEventListener("pointerup", () => (item.draggable = false));
  item.addEventListener("dragstart", (event) => {
    dragged = item;
    event.dataTransfer.effectAllowed = "move";
    item.classList.add("is-dragged");
  });
  item.addEventListener("dragend", () => {
    item.draggable = false;
    item.classList.remove("is-dragged");
    if (dragged) settle(dragged);
    dragged = null;
  });
}

list.addEventListener("dragover", (event) => {
  if (!dragged) return;
  event.preventDefault();
  const over = event.target.closest(".digest-item");
  if (!over || over === dragged) return;
  const { top, height } = over.getBoundingClientRect();
  if (event.clientY < top + height / 2) over.before(dragged);
  else over.after(dragged);
});
list.addEventListener("drop", (event) => event.preventDefault());

// Neither a new order nor words are lost by a link that was pressed by mistake.
const form = list.closest("form");
form.addEventListener("input", () => (isChanged = true));
form.addEventListener("submit", () => (isChanged = false));
addEventListener("beforeunload", (event) => {
  if (isChanged) event.preventDefault();
});
