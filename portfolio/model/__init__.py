"""Pure values and rules: money, time, the portfolio, the plan, and what may be done with them."""
