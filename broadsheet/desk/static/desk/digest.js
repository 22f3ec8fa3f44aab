// The articles of an issue, put in order by drag or by their buttons, without loading the page again. What their
// order is, the form says by the order of its fields; without script the buttons send it. There may be several lists,
// departments say, among which articles move, and which are moved as wholes by the same means.

const ITEM = ".digest-item";
const GROUP = "[data-digest-group]";
const said = document.querySelector("[data-digest-said]");
const form = said.closest("form");
let dragged = null;
let isChanged = false;

function kindOf(thing) {
  return thing.matches(GROUP) ? GROUP : ITEM;
}

function lists() {
  return [...form.querySelectorAll("[data-digest]")];
}

function among(list, kind = ITEM) {
  return [...list.children].filter((one) => one.matches(kind));
}

// What the thing goes before or after in its own list, else the list that it goes into.
function beyond(thing, up) {
  const kind = kindOf(thing);
  const own = among(thing.parentElement, kind);
  const step = up ? -1 : 1;
  const other = own[own.indexOf(thing) + step];
  const all = lists();
  const next = kind === ITEM ? all[all.indexOf(thing.parentElement) + step] : undefined;
  return { other, next };
}

function button(thing, way) {
  return thing.querySelector(`[data-move="${way}"]`);
}

function mark() {
  for (const thing of form.querySelectorAll(`${ITEM}, ${GROUP}`)) {
    for (const way of ["up", "down"]) {
      const { other, next } = beyond(thing, way === "up");
      button(thing, way).disabled = !other && !next;
    }
  }
}

function settle(thing) {
  mark();
  isChanged = true;
  const kind = kindOf(thing);
  const list = thing.parentElement;
  const chosen = kind === ITEM && thing.querySelector("[data-digest-of]");
  if (chosen) chosen.value = list.dataset.digest;
  const own = among(list, kind);
  const name = thing.querySelector(".digest-item-name").firstChild.textContent.trim();
  const values = { name, list: list.dataset.digestName, place: own.indexOf(thing) + 1, all: own.length };
  const words = kind === ITEM ? said.dataset.digestSaid : said.dataset.digestSaidOfGroup;
  said.textContent = words.replace(/{(\w+)}/g, (_found, value) => values[value]);
}

function move(thing, up) {
  const { other, next } = beyond(thing, up);
  if (other && up) other.before(thing);
  else if (other) other.after(thing);
  else if (next && up) next.append(thing);
  else if (next) next.prepend(thing);
  else return;
  settle(thing);
  const pressed = button(thing, up ? "up" : "down");
  (pressed.disabled ? button(thing, up ? "down" : "up") : pressed).focus();
}

form.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-move]");
  if (!pressed) return;
  event.preventDefault();
  move(pressed.closest(`${ITEM}, ${GROUP}`), pressed.dataset.move === "up");
});

form.addEventListener("change", (event) => {
  if (!event.target.matches("[data-digest-of]")) return;
  const item = event.target.closest(ITEM);
  lists().find((one) => one.dataset.digest === event.target.value).append(item);
  settle(item);
  event.target.focus();
});

form.addEventListener("dragover", (event) => {
  if (!dragged) return;
  event.preventDefault();
  const over = event.target.closest(kindOf(dragged));
  if (over === dragged) return;
  if (over) {
    const { top, height } = over.getBoundingClientRect();
    if (event.clientY < top + height / 2) over.before(dragged);
    else over.after(dragged);
  } else if (kindOf(dragged) === ITEM) {
    const list = event.target.closest("[data-digest]");
    if (list && !among(list).length) list.append(dragged);
  }
});
form.addEventListener("drop", (event) => event.preventDefault());

for (const thing of form.querySelectorAll(`${ITEM}, ${GROUP}`)) {
  // Of a department it is its own, which stands before those of its articles.
  const handle = thing.querySelector(".digest-handle");
  // By its handle alone, so that text in the fields can still be selected.
  handle.addEventListener("pointerdown", () => (thing.draggable = true));
  handle.addEventListener("pointerup", () => (thing.draggable = false));
  thing.addEventListener("dragstart", (event) => {
    if (event.target !== thing) return;
    dragged = thing;
    event.dataTransfer.effectAllowed = "move";
    thing.classList.add("is-dragged");
  });
  thing.addEventListener("dragend", (event) => {
    if (event.target !== thing) return;
    thing.draggable = false;
    thing.classList.remove("is-dragged");
    if (dragged) settle(dragged);
    dragged = null;
  });
}

mark();
// Neither a new order nor words are lost by a link that was pressed by mistake.
form.addEventListener("input", () => (isChanged = true));
form.addEventListener("submit", () => (isChanged = false));
addEventListener("beforeunload", (event) => {
  if (isChanged) event.preventDefault();
});
