"""The terms of the energy that the fit lowers."""
