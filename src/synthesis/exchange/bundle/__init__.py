"""An edition for other programs: tables with their schema, results, claims, references and metadata, in one archive."""
