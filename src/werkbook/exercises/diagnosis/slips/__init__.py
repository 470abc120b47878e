"""Slips: another number, place, order or name than was meant."""
