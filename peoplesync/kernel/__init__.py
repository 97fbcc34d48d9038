"""PURE. Words and arithmetic every room shares: standard library only, no Django, no clock, no I/O."""
