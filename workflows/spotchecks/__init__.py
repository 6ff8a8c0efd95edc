"""Spot checks (抽查): households drawn from a seed that the ledger held before, then visited (XY-44)."""
