// What a reader does with an article: share it, set its type, print it. All of it needs a script, so that a script makes it.

// Value → the name of its words in the page.
const SCHEMES = { "": "device", light: "light", dark: "dark" };
const SIZES = { small: "small", "": "normal", large: "large", larger: "larger" };

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

function choices(choice, values, words) {
  const set = document.createElement("fieldset");
  const title = document.createElement("legend");
  title.textContent = words[choice];
  set.append(title);
  for (const [value, name] of Object.entries(values)) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = "radio";
    input.name = choice;
    input.checked = (document.documentElement.dataset[choice] ?? "") === value;
    input.addEventListener("change", () => keep(choice, value));
    label.append(input, ` ${words[name]}`);
    set.append(label);
  }
  return set;
}

function display(words) {
  const box = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = words.display;
  box.append(summary);
  const panel = document.createElement("div");
  panel.className = "tools-panel";
  panel.append(choices("text", SIZES, words), choices("scheme", SCHEMES, words));
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
    const words = this.dataset;
    const { address, headline } = words;
    const said = document.createElement("span");
    said.className = "visually-hidden";
    said.role = "status";
    const copying = button(words.copy, async () => {
      try {
        await navigator.clipboard.writeText(address);
        copying.textContent = said.textContent = words.copied;
      } catch {
        said.textContent = words.notCopied;
      }
    });
    if (navigator.share) {
      this.append(
        button(words.share, () => navigator.share({ title: headline, url: address }).catch(() => {})),
      );
    }
    if (navigator.clipboard) this.append(copying);
    this.append(display(words), button(words.print, () => print()), said);
  }
}

customElements.define("broadsheet-tools", Tools);
