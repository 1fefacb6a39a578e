"""Files of other programs, read into records: one module for each family of formats."""
