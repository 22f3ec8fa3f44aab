// Return in a field of one line would press the form's first button, which publishes.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("form[data-edit-form] :is(input, textarea[name=title])")) event.preventDefault();
});
