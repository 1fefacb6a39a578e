"""What is imitated: clips as tables that are read by clip and frame, and where they lie on the ground."""
