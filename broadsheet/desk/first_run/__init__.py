"""A magazine that has nothing yet: the questions, in a browser or a terminal, and what is made of them."""
