"""Measurements as ratios against a floor, taken in one run: ``make bench``. Absolute times differ between machines."""
