"""What a stress test finds: statistics over many played paths, pure and without randomness."""
