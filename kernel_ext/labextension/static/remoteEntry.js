// What JupyterLab loads first: a module federation container, written by hand.
//
// A container is an object with `init`, which is given the modules that JupyterLab
// shares, and `get`, which returns a factory of the module asked for. The extension
// itself is plain ES modules beside this file; so there is no build step.
(() => {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const here = script.src;
  let scope;
  const page = /** @type {{ _JUPYTERLAB?: Record<string, object> }} */ (globalThis);
  page._JUPYTERLAB ??= {};
  page._JUPYTERLAB.werkbook = {
    init(shared) {
      scope = shared;
    },
    async get() {
      const { loadPlugins } = await import(new URL("index.js", here).href);
      const plugins = await loadPlugins(scope);
      return () => ({ __esModule: true, default: plugins });
    },
  };
})();
