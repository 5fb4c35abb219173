"""What a play comes to: years, delays, causes, the graph."""
