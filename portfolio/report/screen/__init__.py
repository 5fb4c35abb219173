"""Results on the screen: 80 columns, Chinese width safe, no colour where there is no terminal."""
