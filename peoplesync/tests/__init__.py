"""Whole-system tests: what no single room can show."""
