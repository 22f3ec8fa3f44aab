// How this browser shows the magazine, set before anything is drawn. It is chosen at an article, and kept here alone.
for (const choice of ["scheme", "text"]) {
  try {
    const chosen = localStorage.getItem(`broadsheet.${choice}`);
    if (chosen) document.documentElement.dataset[choice] = chosen;
  } catch {
    // A browser that keeps nothing shows what it shows everybody.
  }
}
