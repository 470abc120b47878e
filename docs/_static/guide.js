// What scrolls by itself can be reached and scrolled with the keyboard alone.
document.addEventListener("DOMContentLoaded", () => {
  const scrolling = document.querySelectorAll(
    "article pre, article .table-wrapper, article div.cell_output table, article .output"
  );
  for (const one of scrolling) {
    if (one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight) {
      one.tabIndex = 0;
    }
  }
});
