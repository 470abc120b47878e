"""Clean processes, for the proof of an export and for grading; knows neither."""
