// Several pictures are uploaded at once: one credit for all of them, and one button that saves the words of all.
// Wagtail says what is wrong with a form, but nothing when its answer never came.

class UploadsInCommon extends HTMLElement {
  connectedCallback() {
    this.list = document.getElementById(this.getAttribute("list"));
    this.credit = this.querySelector("#uploads-credit");
    this.save = this.querySelector(".uploads-save");
    this.given = "";
    this.credit.addEventListener("input", () => this.#give());
    this.save.addEventListener("click", () => {
      for (const form of this.#forms()) form.requestSubmit();
    });
    new MutationObserver(() => this.#give()).observe(this.list, { childList: true, subtree: true });
    window.jQuery(document).on("ajaxError", (event, request, { url }) => {
      if ([...this.#forms()].some((form) => form.action === url)) this.#say(this.getAttribute("failed"));
    });
  }

  #say(text) {
    const detail = { clear: true, text, type: "error" };
    document.dispatchEvent(new CustomEvent("w-messages:add", { detail }));
  }

  // Not those that ask whether a picture that is there already is to be kept.
  #forms() {
    return this.list.querySelectorAll("form:has([name$='-title'])");
  }

  #give() {
    const credit = this.credit.value;
    for (const field of this.list.querySelectorAll("input[name$='-credit']")) {
      if (field.value === "" || field.value === this.given) field.value = credit;
    }
    this.given = credit;
    this.save.hidden = this.#forms().length < 2;
  }
}

customElements.define("uploads-in-common", UploadsInCommon);
