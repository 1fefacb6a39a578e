"""What a character is doing: index tables of its model, its heading, its bodies."""
