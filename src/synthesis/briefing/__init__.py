"""What a briefing says: named numbers, masthead, key messages."""
