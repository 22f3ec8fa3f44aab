// Wagtail saves a page by itself as one writes. Here stands what it leaves to be desired.
const headlineFirst = document.currentScript.dataset.words;

(() => {
  const NOT_WRITTEN =
    /^(csrfmiddlewaretoken|loaded_revision_id|loaded_revision_created_at|overwrite_revision_id|next)$|^comments-/;
  const SENDS = "[data-edit-form] :is(button[type=submit], [data-workflow-action-name])";

  let saving = null; // what is on its way to the server
  let held = null; // the button that was pressed meanwhile
  let isSent = false; // the form itself is on its way
  let asks = false; // Wagtail asks who else edits this page
  let isStale = false; // the answer may know less than we do

  const written = (data) =>
    JSON.stringify(
      [...data]
        .filter(([name]) => !NOT_WRITTEN.test(name))
        .map(([name, value]) => [name, typeof value === "string" ? value : value.name]),
    );

  const letGo = () => {
    if (!held) return;
    const { name, value } = held;
    const button = held.isConnected
      ? held
      : [...document.querySelectorAll(SENDS)].find((other) => other.name === name && other.value === value);
    held = null;
    // Before the next save begins, which would hold it again.
    queueMicrotask(() => button?.click());
  };

  // Without a headline a page can't be saved: it isn't sent, which the server would refuse, and the editor says so.
  // While the form is on its way nothing is saved beside it: the server would have the same page twice at once.
  document.addEventListener(
    "w-autosave:save",
    (event) => {
      const headline = event.target.elements?.namedItem("title");
      const lacksHeadline = headline && !headline.value.trim();
      if (!lacksHeadline && !isSent) {
        saving = event.detail.formData;
        isStale ||= asks;
        return;
      }
      event.preventDefault();
      event.stopPropagation();
      if (isSent) return;
      event.target.dispatchEvent(
        new CustomEvent("w-autosave:error", {
          bubbles: true,
          detail: { type: "validation_error", text: headlineFirst },
        }),
      );
    },
    true,
  );

  const save = (form) =>
    form.dispatchEvent(
      new CustomEvent("w-unsaved:add", { bubbles: true, cancelable: true, detail: { type: "edits" } }),
    );

  // Wagtail takes all that stands in the form for saved now, also what changed while the save was on its way.
  document.addEventListener("w-autosave:success", ({ target: form, detail }) => {
    const sent = saving;
    saving = null;
    // Where it came back with faults Wagtail doesn't watch the form, until it is told to.
    form.dataset.wUnsavedCheckIntervalValue ??= "500";
    if (sent) {
      for (const [name, value] of Object.entries(detail.data.field_updates ?? {})) sent.set(name, value);
      if (written(sent) !== written(new FormData(form))) save(form);
    }
    letGo();
  });

  // Nor does it save what came back with faults; it is the editor's all the same. Its fields are all drawn by then: so
  // long Wagtail waits for them too.
  document.addEventListener("w-unsaved:ready", ({ target: form }) => {
    if (form.dataset.wUnsavedForceValue === "true") setTimeout(save, 2000, form);
  });

  document.addEventListener("w-autosave:error", () => {
    saving = null;
    letGo();
  });

  // A button waits for the save that is under way. Else the server may end it after what the button asks for, and
  // the page seems to have been saved in another window.
  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest?.(SENDS);
      if (!button || !saving) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      held = button;
    },
    true,
  );

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-edit-form]") && !event.defaultPrevented) isSent = true;
  });

  // Who writes on, or comes back, was not led away after all.
  document.addEventListener("input", () => (isSent = false));
  addEventListener("pageshow", () => (isSent = false));

  // Who else edits the page: an answer that was asked for before a save doesn't know whose that was. And Wagtail keeps
  // its warning for good, also when a later answer knows of no other version.
  document.addEventListener("w-swap:begin", ({ target }) => {
    if (target.closest(".w-editing-sessions")) asks = true;
  });
  document.addEventListener(
    "w-swap:json",
    ({ target, detail }) => {
      if (!target.matches(".w-editing-sessions")) return;
      asks = false;
      const others = detail.data.other_sessions ?? [];
      if (isStale) {
        isStale = false;
        delete detail.data.other_sessions;
      } else if (!others.some((other) => other.revision_id) && target.dataset.wSessionInterceptValue === "conflict") {
        target.dataset.wSessionInterceptValue = "";
      }
    },
    true,
  );
  document.addEventListener("w-swap:error", () => (asks = false));
})();
