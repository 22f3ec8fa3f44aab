"""“Find my subscription”: the form, what becomes of it, and the letter."""
