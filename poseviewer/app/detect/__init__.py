"""Detection beside the window: what is asked for, the work, and the panel that shows it."""
