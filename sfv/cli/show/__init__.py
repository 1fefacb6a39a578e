"""Verbs that show something: films, a window, tables side by side."""
