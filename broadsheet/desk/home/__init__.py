"""The desk's first page: what a newsroom asks in the morning, each role what it may see."""
