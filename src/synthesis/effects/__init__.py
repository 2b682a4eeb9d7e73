"""Printed results become effect estimates: yi and vi, with every conversion step taken."""
