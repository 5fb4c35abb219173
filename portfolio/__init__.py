"""Major-project portfolio scheduler and simulator (十大工程投资计划推演)."""

__version__ = "0.1.0"
