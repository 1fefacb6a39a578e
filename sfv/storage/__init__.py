"""Where and under which names results are stored: nothing finished is lost, nobody writes where another does."""
