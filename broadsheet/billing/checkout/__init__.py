"""What can be bought and paid for: a file for each kind, with its page and what the buyer gets."""
