"""How a request is answered: snapshot, lane, pipeline and response."""
