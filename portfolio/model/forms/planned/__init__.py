"""Forms of years to come: what is left of the plan by year, its limits, its gaps."""
