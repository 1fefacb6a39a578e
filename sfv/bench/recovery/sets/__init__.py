"""The films that recovery is measured on, and their truth."""
