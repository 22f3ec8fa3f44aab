// Without a headline a page can't be saved: it isn't sent, which the server would refuse, and the editor says so.
const headlineFirst = document.currentScript.dataset.words;

document.addEventListener(
  "w-autosave:save",
  (event) => {
    const headline = event.target.elements?.namedItem("title");
    if (!headline || headline.value.trim()) return;
    event.preventDefault();
    event.stopPropagation();
    event.target.dispatchEvent(
      new CustomEvent("w-autosave:error", {
        bubbles: true,
        detail: { type: "validation_error", text: headlineFirst },
      }),
    );
  },
  true,
);
