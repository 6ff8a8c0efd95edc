"""Tests of village matters."""
