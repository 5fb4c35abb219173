"""Tools of those who work on this program; nothing of the program itself."""
