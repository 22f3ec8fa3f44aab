"""A magazine that has nothing yet: the same questions in a browser and in a terminal, and what is made of them."""
