"""What the character should do in every frame, and a first guess of it."""
