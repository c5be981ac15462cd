"""Training beside the window: plans, runs and the panel that shows them."""
