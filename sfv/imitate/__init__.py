"""The imitation task: observation, reward, termination and reset as tensor functions, and the environments that bind them."""
