"""How far yearly lists of works come: the record of places and years, and what follows from it.

The rate of a year is what the year's list comes to ÷ its plan of January. `rows` is the record as
entered, `profile` how a part of a year tells of the whole, `rates` the model fitted to both,
`forecast` what it says of a year, `variants` the honest choices of rows it is said over, `table`
the same as whole numbers, `chance` how sure a year's target is and `words` how that may be told,
`backtest` and `scores` how well it would have foretold the years that are known.

Nothing here draws a random number, and nothing of the play is used.
"""
