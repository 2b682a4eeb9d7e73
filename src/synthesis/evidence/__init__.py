"""Study records, source records, questions and vocabulary: what was read, as it was printed."""
