"""How well motion is retargeted to characters: settings, measures, table."""
