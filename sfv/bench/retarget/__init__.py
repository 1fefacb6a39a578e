"""How well motion is carried over to characters: settings, measures, table."""
