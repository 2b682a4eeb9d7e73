"""How sure we are, and what an effect means in people."""
