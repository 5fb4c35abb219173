"""What must be started, and when, so that the yearly targets hold: values, all of assumptions."""
