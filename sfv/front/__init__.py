"""The front door: every stage of sfv as one function that takes a name, a path or an object wherever a thing is meant.

The functions are reached as ``sfv.detect`` and so on; the verbs of the command line call the same ones with ``log=print``.
"""
