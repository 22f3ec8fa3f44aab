// Remembers in this browser where somebody is in a weekly issue, and leads back there.

const OFF = '"off"'; // as since.js keeps that nothing is to be kept

class Weekly extends HTMLElement {
  connectedCallback() {
    const { issue, article, keeping } = this.dataset;
    // Only where an issue is kept in this browser.
    if (keeping && document.cookie.includes("broadsheet_offline=")) import(keeping);
    const key = `broadsheet.weekly.${issue}`;
    try {
      if (localStorage.getItem("broadsheet.read") === OFF) localStorage.removeItem(key);
      else if (article) localStorage.setItem(key, article);
      else this.#lead(localStorage.getItem(key));
    } catch {
      // It begins at the beginning.
    }
  }

  #lead(article) {
    const place = article && document.querySelector(`.issue-list [data-article="${CSS.escape(article)}"]`);
    if (!place) return;
    const link = this.querySelector("a");
    link.href = place.querySelector(".headline a").href;
    link.textContent = this.dataset.words.replace("{number}", place.dataset.number);
  }
}

customElements.define("broadsheet-weekly", Weekly);
