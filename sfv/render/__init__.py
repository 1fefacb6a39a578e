"""Pictures and videos of every artefact."""
