"""What happens while Redis, PostgreSQL or the room on a disk is missing."""
