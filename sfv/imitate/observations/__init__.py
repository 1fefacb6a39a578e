"""What the policy sees."""
