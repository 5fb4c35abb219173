"""Major-project portfolio scheduler and simulator (重大项目投资计划推演)."""

__version__ = "0.1.0"
