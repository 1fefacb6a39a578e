"""Read other programs' pickles without running what they name and within a budget of memory, time, depth and count.

Python's own unpickler guards none of these: an index of a few bytes makes it allocate gigabytes, a length is believed before it is
read, keys are hashed however deep they are. So ``machine`` interprets the instructions itself (``opcodes``): every size is held
against what is left of the file, every name against a list (``names``), every object is counted. What stands in for arrays and
tensors (``stands``) becomes plain containers and numpy arrays in ``plain``; ``torch_file`` reads what torch.save writes the same way.
"""

from sfv.unpickle.machine import Machine, Source
from sfv.unpickle.plain import plain
from sfv.unpickle.stands import Maker, Stand
from sfv.unpickle.torch_file import is_old_torch, read_torch

__all__ = ["Machine", "Maker", "Source", "Stand", "is_old_torch", "plain", "read_torch"]
