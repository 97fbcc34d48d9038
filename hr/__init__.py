"""People and the organisation: who works here, where, when they should, when they are away, and who decides."""
