"""Where an export is written: the file or project, its data, manifest and tests."""
