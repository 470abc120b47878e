"""The cards of exercises: what is checked as soon as a cell ran, and how it shows."""
