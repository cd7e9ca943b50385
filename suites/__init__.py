"""Scenarios, one folder for each area of the ssl surface; each folder's docstring says what belongs there."""
