"""Presence over our own HTTP API."""
