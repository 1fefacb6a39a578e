"""The repertoire: which skills there are, trained one by one or side by side, measured, tabled, drawn."""
