"""An environment: the ground and what happens on it, as data."""

from sfv.environment.environment import Environment, list_environments, load_environment

__all__ = ["Environment", "list_environments", "load_environment"]
