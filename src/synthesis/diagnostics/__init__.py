"""How a pooled effect depends on single studies and on the choices made."""
