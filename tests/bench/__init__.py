"""What an act, a count and a public page cost, each as a ratio: ``python -m tests.bench``."""
