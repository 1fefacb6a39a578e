"""Domain randomisation and external pushes."""
