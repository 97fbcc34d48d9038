"""What every app's staff pages stand on: the site, its rights, model pages, acts, history. No HR noun belongs here."""
