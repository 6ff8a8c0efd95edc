"""The demo county, played through the engine."""
