"""What was checked and what was changed: two workbooks, a mended copy, an installed copy."""
