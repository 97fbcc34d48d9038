"""What is read about presence, without changing anything."""
