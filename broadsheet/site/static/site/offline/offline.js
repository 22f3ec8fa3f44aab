// The button that keeps an issue for reading without a network, and the list of what is kept. Its words stand in the page.

class Offline extends HTMLElement {
  #path = location.pathname;
  #isBusy = false;
  #keeping;

  async connectedCallback() {
    this.#keeping = await import(this.dataset.keeping);
    if (!this.#keeping.can) return;
    this.querySelector("button").addEventListener("click", () => this.#press());
    document.addEventListener("visibilitychange", () => this.#show());
    await this.#show();
    this.hidden = false;
    await this.#keeping.renewed;
    await this.#show();
  }

  // What became of it in another tab is seen here too.
  async #show() {
    if (this.#isBusy) return;
    const plan = await this.#keeping.planOf(this.#path);
    const wasKept = this.dataset.kept === "yes";
    this.dataset.kept = plan ? "yes" : "no";
    this.querySelector("button").textContent = plan ? this.dataset.remove : this.dataset.keep;
    this.querySelector("[data-before]").hidden = Boolean(plan);
    this.querySelector("[data-after]").hidden = !(await this.#keeping.pathsOfAll()).length;
    if (plan) this.#say(plan.said);
    else if (wasKept) this.#say(this.dataset.removed);
  }

  async #press() {
    if (this.#isBusy) return;
    if (this.dataset.kept === "yes") await this.#keeping.remove(this.#path);
    else await this.#keep();
    await this.#show();
  }

  async #keep() {
    const button = this.querySelector("button");
    const line = this.querySelector(".offline-progress");
    const [bar, count] = line.children;
    this.#isBusy = true;
    button.setAttribute("aria-busy", "true");
    this.#say(this.dataset.begun);
    try {
      await this.#keeping.keep(this.#path, this.dataset.worker, (number, of) => {
        line.hidden = false;
        bar.max = of;
        bar.value = number;
        count.textContent = this.dataset.progress.replace("{number}", number).replace("{count}", of);
      });
    } catch (error) {
      const { full, failed } = this.dataset;
      if (error instanceof this.#keeping.Refused) this.#say(error.message);
      else this.#say(error.name === "QuotaExceededError" ? full : failed);
    } finally {
      this.#isBusy = false;
      button.removeAttribute("aria-busy");
      line.hidden = true;
    }
  }

  #say(sentence) {
    const line = this.querySelector("[role=status]");
    if (line.textContent !== sentence) line.textContent = sentence;
  }
}

class Kept extends HTMLElement {
  #keeping;

  async connectedCallback() {
    this.querySelector("[data-elsewhere]").hidden = location.pathname === this.dataset.here;
    this.#keeping = await import(this.dataset.keeping);
    const { can, pathsOfAll, renew } = this.#keeping;
    if (!can) return;
    await this.#show();
    if (!navigator.onLine) return;
    for (const path of await pathsOfAll()) await renew(path).catch(() => {});
    await this.#show();
  }

  async #show() {
    const { pathsOfAll, planOf } = this.#keeping;
    const plans = await Promise.all((await pathsOfAll()).map(planOf));
    const items = plans.filter(Boolean).map((plan) => this.#item(plan));
    const list = this.querySelector("ul");
    list.replaceChildren(...items);
    list.hidden = !items.length;
    this.querySelector("[data-none]").hidden = Boolean(items.length);
  }

  #item({ title, edition, path, said }) {
    const item = this.querySelector("template").content.cloneNode(true);
    const link = item.querySelector("a");
    link.href = path;
    link.textContent = title;
    item.querySelector("[data-edition]").textContent = edition;
    item.querySelector("[data-edition]").hidden = !edition;
    item.querySelector("[data-said]").textContent = said;
    const button = item.querySelector("button");
    button.setAttribute("aria-label", this.dataset.remove.replace("{title}", [title, edition].filter(Boolean).join(", ")));
    button.addEventListener("click", async () => {
      await this.#keeping.remove(path);
      await this.#show();
      this.querySelector("h1").tabIndex = -1;
      this.querySelector("h1").focus();
    });
    return item;
  }
}

customElements.define("broadsheet-offline", Offline);
customElements.define("broadsheet-kept", Kept);
