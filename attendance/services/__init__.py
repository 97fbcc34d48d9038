"""What is written about presence: one keyword-only function per act, whatever the door."""
