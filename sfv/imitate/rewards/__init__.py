"""What a control step is worth."""
