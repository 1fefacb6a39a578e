"""Pictures of simulated characters, alone or beside their reference and the input."""
