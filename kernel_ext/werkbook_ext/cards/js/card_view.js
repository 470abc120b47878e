import { renderCard } from "./card.js";

export default { render: renderCard };
