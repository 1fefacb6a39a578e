"""MuJoCo's pictures of a character on its ground: OpenGL, stage, lights, camera, arrows of forces."""
