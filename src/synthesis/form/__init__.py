"""A form in the browser for studies: it writes the same files as an editor, and shows what each change does."""
