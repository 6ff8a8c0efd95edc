"""Ground floor: what every other room stands on."""
