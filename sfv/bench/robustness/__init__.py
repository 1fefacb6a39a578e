"""docs/results/robustness.md: what the skills survive, and on which ground they were learned anew."""
