// Text that is pasted from word processors into the editor: headings become ours, links that only work in the file
// are dropped, lists of Word become lists, and a table in the midst of an article becomes a block of its own.
// `desk/newsroom/pasted_text.py` cleans once more what is saved.

const DROPPED = "style, script, meta, link, title, hr, img, svg, object, iframe, [style*='mso-list: Ignore' i], [style*='mso-list:Ignore' i]";
const HEADINGS = "h1, h2, h4, h5, h6, p[role='heading'], p.MsoTitle";
const BLOCKS = "p, h3, ul, ol, li, table, blockquote";
const WRAPPERS = [
  [/^www\.google\.com$/, "/url", "q"],
  [/\.safelinks\.protection\.outlook\.com$/, "/", "url"],
];
const ours = new WeakSet();

const words = (element) => element.textContent.replace(/[\s\u00a0]+/g, " ").trim();

function unwrap(element) {
  element.replaceWith(...element.childNodes);
}

function rename(element, name) {
  const renamed = element.ownerDocument.createElement(name);
  renamed.append(...element.childNodes);
  element.replaceWith(renamed);
  return renamed;
}

// Puts all that `element` holds into a new element within it.
function fill(element, name) {
  const inner = element.ownerDocument.createElement(name);
  inner.append(...element.childNodes);
  element.append(inner);
}

// The address that a link is for, or nothing if it leads readers nowhere.
function leadsTo(href) {
  let url;
  try {
    url = new URL(href);
  } catch {
    return href.startsWith("/") && !href.startsWith("/desk/") ? href : "";
  }
  for (const [host, path, parameter] of WRAPPERS) {
    if (host.test(url.hostname) && url.pathname === path) return leadsTo(url.searchParams.get(parameter) ?? "");
  }
  if (!["http:", "https:", "mailto:", "tel:"].includes(url.protocol)) return "";
  return url.host === location.host && url.pathname.startsWith("/desk/") ? "" : href;
}

// Word writes its lists as paragraphs, each with its own bullet or number.
function gatherLists(body) {
  for (const item of body.querySelectorAll("p[style*='mso-list']")) {
    const mark = item.querySelector("[style*='mso-list: Ignore' i], [style*='mso-list:Ignore' i]");
    if (!mark) continue;
    const kind = /^\(?[0-9a-z]{1,4}[.)]/i.test(words(mark)) ? "OL" : "UL";
    const before = item.previousElementSibling;
    const list = before?.tagName === kind && before.gathered ? before : body.ownerDocument.createElement(kind);
    if (list !== before) {
      list.gathered = true;
      item.before(list);
    }
    list.append(rename(item, "li"));
  }
}

// Weight and slant are often written as style alone.
function emphasise(body) {
  for (const run of body.querySelectorAll("span[style], font[style]")) {
    const { fontWeight, fontStyle } = run.style;
    if (fontStyle === "italic") fill(run, "i");
    if (fontWeight === "bold" || Number(fontWeight) >= 600) fill(run, "b");
  }
  for (const bold of body.querySelectorAll("b[style]")) {
    if (["normal", "400"].includes(bold.style.fontWeight)) unwrap(bold);
  }
}

// Breaks and indents of the source are no text.
function trim(block) {
  block.normalize();
  const texts = [];
  const walker = block.ownerDocument.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) text.data = text.data.replace(/[ \t\r\n]+/g, " ");
  texts[0].data = texts[0].data.trimStart();
  texts.at(-1).data = texts.at(-1).data.trimEnd();
}

function isData(table) {
  const rows = [...table.rows];
  return rows.length > 1 && Math.max(...rows.map((row) => row.cells.length)) > 1 && !table.querySelector("table");
}

function cleaned(html) {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  gatherLists(body);
  emphasise(body);
  for (const element of body.querySelectorAll(DROPPED)) element.remove();
  for (const heading of body.querySelectorAll(HEADINGS)) rename(heading, "h3");
  for (const bold of body.querySelectorAll("h3 b, h3 strong, li > p")) unwrap(bold);
  for (const link of body.querySelectorAll("a")) {
    const address = leadsTo(link.getAttribute("href") ?? "");
    if (address) link.setAttribute("href", address);
    else unwrap(link);
  }
  for (const table of [...body.querySelectorAll("table")].reverse()) {
    if (isData(table)) continue;
    // It only arranges text. A table that lies within it is not touched.
    const own = [...table.querySelectorAll("*")].filter((part) => part.closest("table") === table);
    for (const part of own.filter((part) => part.matches("col"))) part.remove();
    for (const part of own.filter((part) => part.matches("td, th"))) rename(part, "div");
    for (const part of own.filter((part) => part.matches("thead, tbody, tfoot, tr, colgroup, caption"))) unwrap(part);
    unwrap(table);
  }
  for (const box of [...body.querySelectorAll("div, section, article, center")].reverse()) {
    if (box.querySelector(BLOCKS) || box.closest("td, th, li")) unwrap(box);
    else rename(box, "p");
  }
  for (const run of body.querySelectorAll("span, font, :is(td, th) :is(p, h3)")) unwrap(run);
  for (const element of body.querySelectorAll("*")) if (element.tagName.includes(":")) unwrap(element);
  for (const block of body.querySelectorAll("p, h3, li")) {
    if (words(block)) trim(block);
    else block.remove();
  }
  for (const line of body.querySelectorAll(":scope > br")) line.remove();
  for (const element of body.querySelectorAll("*")) {
    for (const { name } of [...element.attributes]) if (!["href", "colspan"].includes(name)) element.removeAttribute(name);
  }
  body.normalize();
  return body;
}

function tableState(table) {
  const rows = [...table.rows].map((row) =>
    [...row.cells].flatMap((cell) => [words(cell), ...Array(Math.max(cell.colSpan, 1) - 1).fill("")]),
  );
  const width = Math.max(...rows.map((row) => row.length));
  const [head, ...below] = rows.map((row) => [...row, ...Array(width - row.length).fill("")]);
  return {
    columns: head.map((heading) => ({ type: "text", heading })),
    rows: below.map((values) => ({ values })),
    caption: table.caption ? words(table.caption) : "",
  };
}

// Where a block can't follow, a table is told line by line.
function inLines(table) {
  const lines = [...table.rows].map((row) => {
    const line = document.createElement("p");
    line.textContent = [...row.cells].map(words).filter(Boolean).join(" · ");
    return line;
  });
  table.replaceWith(...lines);
}

// The stream's child that is this editor and nothing else, where the stream takes tables.
function childWith(editor) {
  for (const { rootBlock } of document.querySelectorAll("[id$='-root']")) {
    if (!rootBlock?.blockDef?.childBlockDefsByName?.table) continue;
    const child = rootBlock.children.find((candidate) => candidate.element.contains(editor));
    if (child?.block.widget?.input?.draftailEditor) return child;
  }
  return null;
}

// html up to the first table, then table and html by turns
function parts(body) {
  const found = [document.createElement("div")];
  for (const node of [...body.childNodes]) {
    if (node.tagName === "TABLE") found.push(node, document.createElement("div"));
    else found.at(-1).append(node);
  }
  return found.filter((part, place) => place === 0 || part.tagName === "TABLE" || words(part));
}

function asState(part) {
  const { contentBlocks, entityMap } = window.DraftJS.convertFromHTML(part.innerHTML);
  const content = window.DraftJS.ContentState.createFromBlockArray(contentBlocks, entityMap);
  return JSON.stringify(window.DraftJS.convertToRaw(content));
}

// Puts the parts behind what was pasted; what stood after it in the same editor comes behind them.
function insertAfter(child, following) {
  const stream = child.sequence;
  const { stateBefore, stateAfter } = window.draftail.splitState(child.block.widget.getState());
  if (stateAfter.getCurrentContent().hasText()) child.split(stateBefore, stateAfter, () => false);
  following.forEach((part, place) => {
    const block =
      part.tagName === "TABLE"
        ? { type: "table", id: null, value: { table: tableState(part), source: "" } }
        : { type: child.type, id: null, value: asState(part) };
    stream.insert(block, child.index + 1 + place, {});
  });
  if (!stateBefore.getCurrentContent().hasText()) stream.deleteBlock(child.index);
}

function pasteAgain(target, html, text) {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", html);
  clipboardData.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  ours.add(event);
  target.dispatchEvent(event);
}

document.addEventListener(
  "paste",
  (event) => {
    const editor = event.target.closest?.(".Draftail-Editor");
    const html = event.clipboardData?.getData("text/html");
    // What comes from one of these editors is clean, and knows more than its HTML says.
    if (!editor || !html || ours.has(event) || /data-(editor|draftjs-conductor-fragment)=/.test(html)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const body = cleaned(html);
    const child = childWith(editor);
    const [first, ...following] = child ? parts(body) : [body];
    for (const table of first.querySelectorAll("table")) inLines(table);
    if (words(first)) pasteAgain(event.target, first.innerHTML, words(first));
    // React has put the first part into the editor's state by then.
    if (following.length) setTimeout(() => insertAfter(child, following), 50);
  },
  { capture: true },
);
