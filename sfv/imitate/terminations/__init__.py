"""What ends an episode."""
