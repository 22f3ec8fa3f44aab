// Marks what is new on a running story since its reader was there last. What it goes by this browser keeps, and
// tells nobody; where that knows nothing of a story, whoever is signed in is asked for at the server, as is
// whoever chose a history there, which knows of their other devices.

const KEY = "broadsheet.read";
const MOST = 100;
const VISIT = 30 * 60; // seconds: a page that is loaded again shows the same
const OFF = "off";
const THINGS = ["facts", "timeline", "position", "correction"];

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

function write(marks) {
  try {
    localStorage.setItem(KEY, JSON.stringify(marks));
  } catch {
    // Nothing is marked the next time.
  }
}

function filled(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// `words` are those of the page.
function listed(parts, words) {
  if (parts.length < 2) return parts.join();
  const one = parts.slice(0, -1).reduce((before, next) => filled(words.next, { one: before, next }));
  return filled(words.last, { one, last: parts.at(-1) });
}

class Since extends HTMLElement {
  // Of each page the newest that was seen before this visit, of each story when it was read, in seconds.
  #before = {};
  #asked = null;

  connectedCallback() {
    if (document.prerendering) document.addEventListener("prerenderingchange", () => this.#begin(), { once: true });
    else this.#begin();
    document.addEventListener("broadsheet:rest", this);
  }

  handleEvent() {
    this.#look();
  }

  get #names() {
    return [this.dataset.page, ...this.dataset.stories.split(" ").filter(Boolean).map((slug) => `story/${slug}`)];
  }

  async #begin() {
    const now = Date.now() / 1000;
    for (const [name, [before, newest, at]] of Object.entries(read() === OFF ? {} : read())) {
      this.#before[name] = now - at < VISIT ? before : newest;
    }
    const hasHistory = /(?:^|; )broadsheet_library=\w*h/.test(document.cookie);
    if (this.dataset.ask && read() !== OFF && (hasHistory || this.#last === undefined)) {
      const answer = await fetch(this.dataset.ask, { credentials: "same-origin" }).catch(() => null);
      this.#asked = answer?.ok ? (await answer.json()).since : null;
    }
    this.#look();
  }

  // What was seen of this page before, else of its story; on whatever device that was last.
  get #last() {
    const [page, ...stories] = this.#names.map((name) => this.#before[name]);
    const here = page ?? stories.find((seen) => seen !== undefined);
    return this.#asked === null ? here : Math.max(this.#asked, here ?? 0);
  }

  #look() {
    this.#note();
    if (read() === OFF) return;
    const rows = [...document.querySelectorAll("[data-added]")];
    const last = this.#last;
    if (last !== undefined) {
      this.#mark(rows.filter((row) => row.dataset.added > Math.max(last, this.#before[row.dataset.in] ?? 0)));
    }
    // Who stands before the rest has not read the page, and most of it is not there.
    if (document.querySelector("broadsheet-slot")) return;
    this.#keep(Math.max(0, ...rows.map((row) => Number(row.dataset.added))), last);
  }

  #mark(rows) {
    for (const row of rows.filter((row) => !row.querySelector(".new"))) {
      const mark = document.createElement("span");
      mark.className = "new";
      mark.textContent = this.dataset.new;
      (row.matches("p") ? row : (row.querySelector("h4, p") ?? row)).prepend(mark, " ");
    }
    const rules = new Intl.PluralRules(document.documentElement.lang);
    const counted = THINGS.map((name) => {
      const count = rows.filter((row) => row.closest(`.${name}`)).length;
      const forms = JSON.parse(this.dataset[name]);
      return count && filled(forms[rules.select(count)] ?? forms.other, { count });
    }).filter(Boolean);
    if (!counted.length) return;
    const first = rows[0];
    first.id ||= "new";
    const line = document.createElement("p");
    const link = document.createElement("a");
    link.href = `#${first.id}`;
    link.textContent = listed(counted, this.dataset);
    const [before, after] = this.dataset.line.split("{list}");
    line.append(before, link, after);
    this.replaceChildren(line);
  }

  #keep(newest, last) {
    const marks = read();
    const now = Math.floor(Date.now() / 1000);
    for (const name of this.#names) {
      // Of a story other pages hold more, older than this visit: none of that is new since.
      const seen = name === this.dataset.page ? newest : now;
      const before = this.#before[name] ?? last ?? seen;
      marks[name] = [before, Math.max(seen, marks[name]?.[1] ?? 0), now];
    }
    const latest = Object.entries(marks).sort(([, one], [, other]) => other[2] - one[2]);
    write(Object.fromEntries(latest.slice(0, MOST)));
  }

  #note() {
    const note = document.querySelector(".since-note");
    if (!note) return;
    const isOff = read() === OFF;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link";
    button.textContent = isOff ? this.dataset.again : this.dataset.forget;
    button.addEventListener("click", () => {
      write(isOff ? {} : OFF);
      if (!isOff) for (const mark of [this.firstChild, ...document.querySelectorAll(".new")]) mark?.remove();
      this.#look();
      note.querySelector("button").focus();
    });
    note.replaceChildren(isOff ? this.dataset.off : this.dataset.kept, " ", button);
  }
}

customElements.define("broadsheet-since", Since);
