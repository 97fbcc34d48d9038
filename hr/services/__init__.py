"""Acts on people and the organisation: one keyword-only function per act, with its transaction and its log entry."""
