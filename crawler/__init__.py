"""Collect: network in, `Article` out. Knows nothing about figures."""
