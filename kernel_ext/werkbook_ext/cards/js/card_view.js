// The view of a card's widget.

import { renderCard } from "./card.js";

export default { render: renderCard };
