"""Tools of the repository; nothing of them is installed."""
