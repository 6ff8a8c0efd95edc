"""Tests of the supervisors' desk."""
