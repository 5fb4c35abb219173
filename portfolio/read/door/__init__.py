"""The one door for files: what may be opened, how large it may be, and what is inside it."""
