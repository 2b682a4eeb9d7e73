"""Tables: results and records in, tables of a document out. Nothing here computes a statistic."""
