// The user's settings: each part of the extension can be switched off.

import { lab } from "./lab.js";

/** @type {any} */
let loaded = null;
/** @type {Set<() => void>} */
const listeners = new Set();

/** Say whether a part is switched on, as it is unless the user says otherwise. */
export function isOn(name) {
  return loaded?.get(name).composite !== false;
}

/** Call a function whenever the settings change; they may be loaded later. */
export function onSettings(listener) {
  listeners.add(listener);
}

/** Switch a part on or off, as the settings editor does. */
export function setSetting(name, value) {
  return loaded?.set(name, value);
}

/** Return the plugin that loads the settings. */
export function settingsPlugin() {
  return {
    id: "werkbook:plugin",
    description: "The settings of Werkbook.",
    autoStart: true,
    optional: [lab.settings.ISettingRegistry],
    async activate(_app, registry) {
      loaded = (await registry?.load("werkbook:plugin").catch(() => null)) ?? null;
      const tell = () => listeners.forEach((listener) => listener());
      loaded?.changed.connect(tell);
      tell();
    },
  };
}
