// What the view tells the bridge; the text is put in when the page is built.

export const config = "__WB_CONFIG__";

/** The page's address now: history.pushState and hash links change it. */
export const here = { url: config.url };
