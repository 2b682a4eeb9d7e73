"""What differs between two states of the evidence, which conclusions it moves, and why."""
