"""The panels around rotation ranges: editing them, seeing what they make, and asking which of them is wrong."""
