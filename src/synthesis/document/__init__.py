"""The elements a document is made of, and their HTML and Typst forms."""
