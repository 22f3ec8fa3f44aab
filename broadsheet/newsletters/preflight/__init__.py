"""What is looked at before an issue is approved: one list of findings, each with its place."""
