"""A static site over all briefings and their editions, ready for any static host."""
