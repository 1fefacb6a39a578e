"""How the regressor is trained: synthetic landmarks, losses, the loop, validation."""
