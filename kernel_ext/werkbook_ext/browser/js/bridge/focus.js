// A page may move the keyboard within itself; it never takes it from a code cell.

export function installFocusGuard() {
  for (const { prototype } of [HTMLElement, SVGElement]) {
    const focus = prototype.focus;
    prototype.focus = function (...options) {
      if (document.hasFocus()) focus.apply(this, options);
    };
  }
  const focusWindow = window.focus.bind(window);
  window.focus = () => {
    if (document.hasFocus()) focusWindow();
  };
}
