"""Blueprints, and the apps and blueprints that they are registered on."""
