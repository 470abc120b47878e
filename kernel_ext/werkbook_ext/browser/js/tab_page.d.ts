/** What the page of a tab tells its script. */
declare const TAB: { tab: string };
