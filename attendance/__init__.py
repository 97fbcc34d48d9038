"""Presence: who was at work, when, where, and on whose word."""
