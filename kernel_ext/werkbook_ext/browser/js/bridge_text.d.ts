/** What runs inside a page, as text: the joined module begins with it. */
declare const BRIDGE: string;
