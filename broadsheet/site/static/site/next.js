// Takes out of what is offered to read next whatever was read: in this browser, or in a history that was chosen.

const KEY = "broadsheet.opened";
const MOST = 100;
const OFF = '"off"'; // as since.js keeps that nothing is to be kept

function opened() {
  try {
    return localStorage.getItem("broadsheet.read") === OFF ? [] : (JSON.parse(localStorage.getItem(KEY)) ?? []);
  } catch {
    return [];
  }
}

function note(article) {
  try {
    if (localStorage.getItem("broadsheet.read") === OFF) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify([...new Set([article, ...opened()])].slice(0, MOST)));
  } catch {
    // It is offered again.
  }
}

class Next extends HTMLElement {
  connectedCallback() {
    this.#leaveOut(opened());
    document.addEventListener("broadsheet:read", this);
  }

  disconnectedCallback() {
    document.removeEventListener("broadsheet:read", this);
  }

  handleEvent({ detail }) {
    this.#leaveOut(detail);
  }

  #leaveOut(articles) {
    for (const one of this.querySelectorAll("[data-article]")) {
      if (articles.includes(one.dataset.article)) one.remove();
    }
    for (const section of this.querySelectorAll("section")) {
      if (!section.querySelector("[data-article]")) section.remove();
    }
    if (!this.firstElementChild) this.remove();
  }
}

customElements.define("broadsheet-next", Next);

// Noted wherever it is read: within a weekly issue nothing else is offered at its end.
const here = document.querySelector("article[data-article]")?.dataset.article;
if (here) {
  if (!document.querySelector("broadsheet-slot")) note(here);
  document.addEventListener("broadsheet:rest", () => note(here));
}
