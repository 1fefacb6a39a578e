"""What a recovered motion is worth."""
