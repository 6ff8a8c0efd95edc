"""Flows, steps, cases, batches, decisions: knows no programme and no household."""
