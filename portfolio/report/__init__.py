"""Results become tables, and tables become Excel, SVG, HTML and terminal text."""
