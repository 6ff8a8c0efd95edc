"""Tests of workflows.deadlines."""
