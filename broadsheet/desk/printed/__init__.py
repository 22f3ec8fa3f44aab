"""The paper: houses and their files, subscribers, doubtful matches, lists for the printer."""
