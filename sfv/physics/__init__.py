"""Many MuJoCo worlds at once."""
