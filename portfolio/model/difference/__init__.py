"""What two workbooks differ in: rows found by their keys, cells, facts of closed months."""
