// Gives the field inside a button that copies it. Its words stand in the page. Without script its text is copied by hand.

class Copy extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector("input");
    if (!field || !navigator.clipboard) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = this.dataset.copy;
    const said = document.createElement("span");
    said.className = "visually-hidden";
    said.role = "status";
    button.addEventListener("click", async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
        button.textContent = said.textContent = this.dataset.copied;
      } catch {
        said.textContent = this.dataset.failed;
      }
    });
    field.addEventListener("focus", () => field.select());
    this.append(button, said);
  }
}

customElements.define("broadsheet-copy", Copy);
