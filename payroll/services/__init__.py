"""Acts on pay: one keyword-only function per act, with its transaction and its entry in the activity log."""
