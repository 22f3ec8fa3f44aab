// What an article's page does beyond being read. Without it the slot is a form and an embed a link.

const COUNT = /(?:^|; )broadsheet_left=(\d{1,4})\.(\d{1,4})\.(month|week|rolling|lifetime)(?:;|$)/;

// “in November”: the span that the count is of, as `Period.remaining` says it.
function monthIn(zone) {
  const month = new Intl.DateTimeFormat(document.documentElement.lang, { month: "long", timeZone: zone });
  return month.format(new Date());
}

// For display only: the server counts, and never reads this cookie.
function showCount() {
  const line = document.getElementById("count");
  const found = COUNT.exec(document.cookie);
  if (!line || !found || Number(found[1]) === 0) {
    if (line) line.textContent = "";
    return;
  }
  const [, left, allowance, span] = found;
  const forms = JSON.parse(line.dataset[span] ?? line.dataset.other);
  const form = forms[new Intl.PluralRules(document.documentElement.lang).select(Number(allowance))] ?? forms.other;
  const values = { left, allowance, month: monthIn(line.dataset.zone) };
  line.textContent = form.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

// A screen reader says what comes into a status that is there already, not one that comes in with its words.
function announce(status) {
  if (!status) return;
  const words = [...status.childNodes];
  status.replaceChildren();
  setTimeout(() => status.append(...words), 100);
}

function whenLookedAt() {
  return new Promise((resolve) => {
    const check = () => {
      if (document.prerendering || document.visibilityState !== "visible") return;
      document.removeEventListener("prerenderingchange", check);
      document.removeEventListener("visibilitychange", check);
      resolve();
    };
    document.addEventListener("prerenderingchange", check);
    document.addEventListener("visibilitychange", check);
    check();
  });
}

// A free article's page may come from a cache, so that its server never hears of who reads it.
function reportOpened() {
  const address = document.querySelector("article[data-opened]")?.dataset.opened;
  if (!address) return;
  const send = () => fetch(address, { method: "POST", credentials: "same-origin", keepalive: true });
  whenLookedAt().then(send).catch(() => {});
}

class Slot extends HTMLElement {
  #asking = false;
  #opened = false;

  connectedCallback() {
    this.addEventListener("submit", this);
    // A page that says where the reader stands opens nothing by itself.
    if ("waits" in this.dataset) return;
    addEventListener("pageshow", this);
    whenLookedAt().then(() => this.#ask(false));
  }

  disconnectedCallback() {
    removeEventListener("pageshow", this);
  }

  handleEvent(event) {
    if (event.type === "pageshow") {
      // Back from a cache of the browser's: the reader may have registered or signed in since.
      if (event.persisted) this.#ask(false);
    } else if (event.target.hasAttribute("data-reads")) {
      event.preventDefault();
      this.#ask(true);
    }
  }

  async #ask(byHand) {
    if (this.#asking || this.#opened) return;
    this.#asking = true;
    const button = this.querySelector("[data-reads] button");
    button?.setAttribute("aria-busy", "true");
    this.#say("");
    try {
      const response = await fetch(this.dataset.read, {
        method: "POST",
        headers: { Accept: "application/json" },
        credentials: "same-origin",
      });
      const answer = await response.json();
      if (response.ok) this.#show(answer, byHand);
      else this.#say(answer.error);
    } catch {
      this.#say(this.dataset.failed);
    } finally {
      this.#asking = false;
      button?.removeAttribute("aria-busy");
    }
  }

  #show({ opened, html, instead, player }, byHand) {
    const part = fragment(html);
    const first = part.firstElementChild;
    // A focus inside would be lost with what it stands on.
    const takesFocus = byHand || this.contains(document.activeElement);
    showCount();
    this.#opened = opened;
    if (!opened && !takesFocus) announce(part.querySelector("[role=status]"));
    if (opened) {
      this.replaceWith(part);
      if (player) document.getElementById("listen")?.replaceWith(fragment(player));
      document.dispatchEvent(new Event("broadsheet:rest"));
    } else this.#showWall(part, instead);
    if (takesFocus && first) {
      first.tabIndex = -1;
      first.focus({ preventScroll: opened });
    }
  }

  #showWall(wall, instead) {
    this.replaceChildren(wall);
    if (!instead) return;
    const next = document.querySelector("broadsheet-next");
    if (next) next.replaceWith(fragment(instead));
    else (document.querySelector(".weekly-on") ?? this.closest("article")).after(fragment(instead));
  }

  #say(sentence) {
    const line = this.querySelector(".slot-error");
    if (line) line.textContent = sentence;
  }
}

// The best offer of the day, in the place of a line that any cache may keep.
class Offer extends HTMLElement {
  connectedCallback() {
    const address = this.dataset.offer;
    if (!address) return;
    // Before it is seen, so that nothing that somebody reads is moved.
    const options = { rootMargin: "100% 0px" };
    const watch = new IntersectionObserver((seen) => {
      if (!seen.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      whenLookedAt().then(() => this.#fetch(address)).catch(() => {});
    }, options);
    watch.observe(this);
  }

  async #fetch(address) {
    const response = await fetch(address, { credentials: "same-origin" });
    if (response.status !== 200) return;
    const offer = fragment(await response.text());
    for (const link of offer.querySelectorAll("a")) {
      const to = new URL(link.getAttribute("href"), location.href);
      to.searchParams.set("next", location.pathname);
      link.href = to.pathname + to.search;
    }
    this.replaceChildren(offer);
  }
}

class Embed extends HTMLElement {
  connectedCallback() {
    const { player, title, play, note: warning } = this.dataset;
    const link = this.querySelector("a");
    if (!player || !link) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = play;
    const note = document.createElement("p");
    note.className = "meta";
    note.textContent = warning;
    button.addEventListener("click", () => {
      const frame = document.createElement("iframe");
      frame.src = player;
      frame.title = title;
      frame.allow = "autoplay; fullscreen; encrypted-media; picture-in-picture";
      this.replaceChildren(frame);
      frame.focus();
    });
    this.append(button, note);
  }
}

showCount();
reportOpened();
customElements.define("broadsheet-slot", Slot);
customElements.define("broadsheet-offer", Offer);
customElements.define("broadsheet-embed", Embed);
