"""The rules: their names, their numbers, how much money goes where, who approves."""
