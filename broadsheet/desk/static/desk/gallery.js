// The pictures of a gallery: several are chosen at once, and only those that are looked at get an editor for their
// caption, because hundreds of editors take many seconds to open.

const { ListBlockDefinition } = window.wagtailStreamField.blocks;

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) target.waitingEditor.wake();
});

// Stands in for a bound Draftail, of which it has all methods, until it is looked at or used.
class WaitingEditor {
  constructor(widget, container, name, id, state, capabilities, options) {
    this.container = container;
    this.make = (value) => widget.render(container, name, id, value, capabilities, options);
    this.input = Object.assign(document.createElement("input"), { type: "hidden", id, name, value: state });
    this.space = Object.assign(document.createElement("div"), { className: "waiting-editor" });
    container.append(this.input, this.space);
    this.reader = widget.getByName(name, container);
    container.waitingEditor = this;
    seen.observe(container);
  }

  wake() {
    if (this.editor) return this.editor;
    seen.unobserve(this.container);
    this.input.remove();
    this.space.remove();
    this.editor = this.make(this.input.value);
    if (this.input.ariaInvalid) this.editor.setInvalid(true);
    return this.editor;
  }

  get now() {
    return this.editor ?? this.reader;
  }

  getValue() {
    return this.now.getValue();
  }

  getTextLabel(options) {
    return this.now.getTextLabel(options);
  }

  setInvalid(invalid) {
    this.now.setInvalid(invalid);
  }

  getState() {
    return this.wake().getState();
  }

  setState(state) {
    this.wake().setState(state);
  }

  focus() {
    this.wake().focus();
  }

  setCapabilityOptions(name, options) {
    this.editor?.setCapabilityOptions(name, options); // until then the block keeps them
  }
}

function waiting(widget) {
  const patient = Object.create(widget);
  patient.render = (container, name, id, state, capabilities, options) =>
    typeof state === "string"
      ? new WaitingEditor(widget, container, name, id, state, capabilities, options)
      : widget.render(container, name, id, state, capabilities, options);
  return patient;
}

class PictureListDefinition extends ListBlockDefinition {
  constructor(...parts) {
    super(...parts);
    const fields = Object.fromEntries(this.childBlockDef.childBlockDefs.map((field) => [field.name, field]));
    this.chooser = fields.image.widget;
    fields.caption.widget = waiting(fields.caption.widget);
  }

  render(placeholder, prefix, state, error, capabilities) {
    const list = super.render(placeholder, prefix, state, error, capabilities);
    const button = Object.assign(document.createElement("button"), {
      type: "button",
      className: "button button-small button-secondary",
      textContent: this.meta.chooseSeveral,
    });
    button.addEventListener("click", () => {
      this.chooser.openModal((pictures) => pictures.forEach((picture) => this.add(list, picture)), { multiple: true });
    });
    list.container.append(button);
    return list;
  }

  add(list, picture) {
    const empty = list.children.map((child) => child.block.childBlocks.image).find((image) => !image.getValue());
    if (empty) empty.setState(picture);
    else list.insert({ ...this.initialChildState, image: picture }, list.children.length);
  }
}

window.telepath.register("broadsheet.PictureList", PictureListDefinition);
