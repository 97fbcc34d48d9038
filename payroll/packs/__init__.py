"""PURE. Country packs: the law as dated data and small rules the engine calls. Chosen by name in `registry`."""
