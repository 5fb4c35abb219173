"""What the printed forms of an office hold: values and sums, no layout."""
