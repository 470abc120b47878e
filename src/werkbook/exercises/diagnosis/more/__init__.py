"""More diagnoses: what is kept for visitors, where rules are, JSON, forms, statuses."""
