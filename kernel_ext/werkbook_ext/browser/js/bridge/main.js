// The bridge: runs first in the shown page and stands for what the sandbox takes away.

import { installArriving } from "./arriving.js";
import { config, here } from "./config.js";
import { installCookies } from "./cookies.js";
import { installDynamic } from "./dynamic.js";
import { installFields, restoreFields } from "./fields.js";
import { installFocusGuard } from "./focus.js";
import { installForms } from "./forms.js";
import { installLinks } from "./links.js";
import { installEventSource } from "./page_event_source.js";
import { installFetch } from "./page_fetch.js";
import { installHistory } from "./page_history.js";
import { installLocation, scrollToPlace } from "./page_location.js";
import { installStorage } from "./page_storage.js";
import { installWebSocket } from "./page_websocket.js";
import { installXhr } from "./page_xhr.js";
import { installPicture } from "./picture.js";
import { sayHello } from "./port.js";
import { installReports } from "./reports.js";
import { takeRtcAway } from "./rtc.js";
import { installScrolling } from "./scrolling.js";
import { installStyles } from "./styles.js";

document.currentScript?.remove();
sayHello();
takeRtcAway();
installArriving();
installReports();
installPicture();
installLocation();
installHistory();
installCookies();
installStorage();
installLinks();
installForms();
installFetch();
installXhr();
installEventSource();
installWebSocket();
installDynamic();
installStyles();
installFields();
installFocusGuard();
installScrolling();
document.addEventListener("DOMContentLoaded", () => {
  restoreFields();
  if (here.url.includes("#") && !config.kept?.scroll) scrollToPlace(here.url);
});
