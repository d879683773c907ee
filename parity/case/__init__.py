"""Fixtures: what they say (`model`), and how a JSON file becomes one (`read`)."""
