// A part of a page that changes by itself: while it bears `live`, it is fetched from `src` again and again. With
// `reload`, all of the page is fetched in the end, unless somebody is typing into it.

const SECONDS = 2;
const PATIENCE = 10; // how many times as long as the answer took: a big send takes a while to count

class LivePart extends HTMLElement {
  connectedCallback() {
    this.#plan(0);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  #plan(took) {
    clearTimeout(this.timer);
    const wait = Math.max(SECONDS * 1000, PATIENCE * took);
    if (this.hasAttribute("live")) this.timer = setTimeout(() => this.#renew(), wait);
  }

  async #renew() {
    const begun = performance.now();
    // Nobody looks, or somebody is about to follow a link in it.
    if (!document.hidden && !this.contains(document.activeElement)) {
      const fresh = await this.#fetched();
      if (fresh && this.isConnected) {
        this.toggleAttribute("live", fresh.hasAttribute("live"));
        this.replaceChildren(...fresh.childNodes);
        if (this.hasAttribute("reload") && !this.hasAttribute("live") && !document.activeElement?.matches("input")) {
          location.reload();
        }
      }
    }
    this.#plan(performance.now() - begun);
  }

  async #fetched() {
    try {
      const answer = await fetch(this.getAttribute("src"), { headers: { "X-Requested-With": "XMLHttpRequest" } });
      if (!answer.ok) return null;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      return page.querySelector("live-part");
    } catch {
      return null; // the server is away: the next time, perhaps
    }
  }
}

customElements.define("live-part", LivePart);
