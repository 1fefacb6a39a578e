"""The stages of the chain as verbs, and the chain itself."""
