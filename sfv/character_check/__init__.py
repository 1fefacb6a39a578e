"""Can a character be used, and what is it made of? Measured (``facts``), in words (``words``), with a picture (``check``)."""
