"""A subscription that goes to another mailbox: what both are told, and how the old one objects."""
