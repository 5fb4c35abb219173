"""Other questions put to the same model."""
