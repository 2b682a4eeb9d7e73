"""Figures: results in, pictures with their text alternative and their numbers out. Only this layer draws."""
