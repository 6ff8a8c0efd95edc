"""Programmes and their versions, forms, eligibility, budgets, applications."""
