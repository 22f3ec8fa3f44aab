"""Letters to the editor: written under an article, chosen and edited with the writer, and then printed."""
