"""Foreign clocking APIs, one folder each: a client of the vendor changes its base URL and its key, nothing else.

A vendor's formats, words and numbers stop at its folder's door. Rules about presence do not belong here.
"""
