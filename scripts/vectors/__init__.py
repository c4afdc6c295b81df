"""What scripts/generate_vectors.py writes: a plain oracle of the contract, and the cases put to it."""
