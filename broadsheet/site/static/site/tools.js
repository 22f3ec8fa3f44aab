// What a reader does with an article: share it, set its type, print it. All of it needs a script, so that a script makes it.

const SCHEMES = [
  ["", "As this device"],
  ["light", "Light"],
  ["dark", "Dark"],
];
const SIZES = [
  ["small", "Small"],
  ["", "Normal"],
  ["large", "Large"],
  ["larger", "Larger"],
];

function button(words, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.addEventListener("click", press);
  return made;
}

function keep(choice, value) {
  const root = document.documentElement;
  if (value) root.dataset[choice] = value;
  else delete root.dataset[choice];
  try {
    if (value) localStorage.setItem(`broadsheet.${choice}`, value);
    else localStorage.removeItem(`broadsheet.${choice}`);
  } catch {
    // It holds for this page.
  }
}

function choices(choice, legend, values) {
  const set = document.createElement("fieldset");
  const title = document.createElement("legend");
  title.textContent = legend;
  set.append(title);
  for (const [value, words] of values) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = "radio";
    input.name = choice;
    input.checked = (document.documentElement.dataset[choice] ?? "") === value;
    input.addEventListener("change", () => keep(choice, value));
    label.append(input, ` ${words}`);
    set.append(label);
  }
  return set;
}

function display() {
  const box = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = "Display";
  box.append(summary);
  const panel = document.createElement("div");
  panel.className = "tools-panel";
  panel.append(choices("text", "Text size", SIZES), choices("scheme", "Light or dark", SCHEMES));
  box.append(panel);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !box.open) return;
    box.open = false;
    summary.focus();
  });
  document.addEventListener("click", (event) => {
    if (!box.contains(event.target)) box.open = false;
  });
  return box;
}

class Tools extends HTMLElement {
  connectedCallback() {
    const { address, headline } = this.dataset;
    const said = document.createElement("span");
    said.className = "visually-hidden";
    said.role = "status";
    const copying = button("Copy link", async () => {
      try {
        await navigator.clipboard.writeText(address);
        copying.textContent = said.textContent = "Link copied";
      } catch {
        said.textContent = "The link could not be copied.";
      }
    });
    if (navigator.share) {
      this.append(
        button("Share", () => navigator.share({ title: headline, url: address }).catch(() => {})),
      );
    }
    if (navigator.clipboard) this.append(copying);
    this.append(display(), button("Print", () => print()), said);
  }
}

customElements.define("broadsheet-tools", Tools);
