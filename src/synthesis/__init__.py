"""Evidence synthesis and briefings as code."""
