"""Assessment (考核): half-year and annual rounds, computed where the data is here (XC-38 to XC-41)."""
