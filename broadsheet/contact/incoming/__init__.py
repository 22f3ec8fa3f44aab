"""Mail to the contact address: read, kept out where no person wrote it, put into its thread."""
