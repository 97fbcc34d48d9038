"""Questions about pay: rows, figures and findings. Nothing here writes."""
