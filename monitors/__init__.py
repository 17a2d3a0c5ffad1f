"""Understand, remember, tell: articles in, claims, history, events and alerts out."""
