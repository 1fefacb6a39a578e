"""The chain from a video to a policy, with its artefacts in one folder: a stage that is done is skipped.

``run`` does the whole chain, ``Chain`` one stage at a time.
"""
